import { describe } from 'vitest'
import { hooks } from './hooks.ts'
import type { DialectRow } from './served.ts'
import { sessions } from './sessions.ts'
import { stopping } from './stopping.ts'
import { structured } from './structured.ts'
import { structuredWrong } from './structured-wrong.ts'
import { toolResults } from './tool-results.ts'
import { toolsRunning } from './tools-running.ts'
import { toolsWrong } from './tools-wrong.ts'

/** What a chat does is the same whatever the dialect: every scenario, over HTTP. */
export function scenarios(row: DialectRow): void {
  describe('tools', () => void toolsRunning(row))
  describe('a tool may give back', () => void toolResults(row))
  describe('the model is told', () => void toolsWrong(row))
  describe('hooks', () => void hooks(row))
  describe('stopping', () => void stopping(row))
  describe('a chat', () => void sessions(row))
  describe('structured data', () => void structured(row))
  describe('data that goes wrong', () => void structuredWrong(row))
}
