import { describe } from 'vitest'
import { hooks } from './scenarios/hooks.ts'
import { ollama } from './scenarios/ollama.ts'
import { sessions } from './scenarios/sessions.ts'
import { stopping } from './scenarios/stopping.ts'
import { structured } from './scenarios/structured.ts'
import { structuredWrong } from './scenarios/structured-wrong.ts'
import { toolResults } from './scenarios/tool-results.ts'
import { toolsRunning } from './scenarios/tools-running.ts'
import { toolsWrong } from './scenarios/tools-wrong.ts'

describe('ollama', () => {
  describe('tools', () => void toolsRunning(ollama))
  describe('a tool may give back', () => void toolResults(ollama))
  describe('the model is told', () => void toolsWrong(ollama))
  describe('hooks', () => void hooks(ollama))
  describe('stopping', () => void stopping(ollama))
  describe('a chat', () => void sessions(ollama))
  describe('structured data', () => void structured(ollama))
  describe('data that goes wrong', () => void structuredWrong(ollama))
})
