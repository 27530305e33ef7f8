import { describe } from 'vitest'
import { hooks } from './scenarios/hooks.ts'
import { cortexComplete } from './scenarios/cortex-complete.ts'
import { sessions } from './scenarios/sessions.ts'
import { stopping } from './scenarios/stopping.ts'
import { structured } from './scenarios/structured.ts'
import { structuredWrong } from './scenarios/structured-wrong.ts'
import { toolResults } from './scenarios/tool-results.ts'
import { toolsRunning } from './scenarios/tools-running.ts'
import { toolsWrong } from './scenarios/tools-wrong.ts'

describe('cortex-complete', () => {
  describe('tools', () => void toolsRunning(cortexComplete))
  describe('a tool may give back', () => void toolResults(cortexComplete))
  describe('the model is told', () => void toolsWrong(cortexComplete))
  describe('hooks', () => void hooks(cortexComplete))
  describe('stopping', () => void stopping(cortexComplete))
  describe('a chat', () => void sessions(cortexComplete))
  describe('structured data', () => void structured(cortexComplete))
  describe('data that goes wrong', () => void structuredWrong(cortexComplete))
})
