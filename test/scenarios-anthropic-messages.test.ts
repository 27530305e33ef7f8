import { describe } from 'vitest'
import { anthropicMessages as row } from './scenarios/anthropic-messages.ts'
import { hooks } from './scenarios/hooks.ts'
import { sessions } from './scenarios/sessions.ts'
import { stopping } from './scenarios/stopping.ts'
import { structured } from './scenarios/structured.ts'
import { structuredWrong } from './scenarios/structured-wrong.ts'
import { toolResults } from './scenarios/tool-results.ts'
import { toolsRunning } from './scenarios/tools-running.ts'
import { toolsWrong } from './scenarios/tools-wrong.ts'

describe(row.id, () => {
  describe('tools', () => void toolsRunning(row))
  describe('a tool may give back', () => void toolResults(row))
  describe('the model is told', () => void toolsWrong(row))
  describe('hooks', () => void hooks(row))
  describe('stopping', () => void stopping(row))
  describe('a chat', () => void sessions(row))
  describe('structured data', () => void structured(row))
  describe('data that goes wrong', () => void structuredWrong(row))
})
