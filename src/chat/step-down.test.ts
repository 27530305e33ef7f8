import { afterEach, describe, expect, test } from 'vitest'
import { lineTo } from '../../test/line.ts'
import type { SchemaWay } from '../capabilities/capabilities.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { chatHuggingFace } from '../chats-hosts.ts'
import { anthropicMessages } from '../dialects/anthropic-messages.ts'
import { keyOf, known, knownOf } from '../providers/knowledge.ts'
import { sessionOf } from './conversation.ts'
import type { Session } from './session.ts'
import { stepDown } from './step-down.ts'

const BASE = 'http://127.0.0.1:9/v1'
const SUBJECT = { baseUrl: BASE, model: 'org/m' }
const SCHEMA = {
  name: 'person',
  schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
}
afterEach(() => known.clear())

const session = (more: Partial<Session> = {}): Session => ({
  ...sessionOf(chatHuggingFace({ baseUrl: BASE, model: 'org/m', apiKey: 'hf_x' })),
  ...more,
})
const said = (text: string, servedBy?: string): AssistantTurn => ({
  role: 'assistant',
  finish: 'stop',
  contents: [{ type: 'text', text }],
  ...(servedBy && { servedBy }),
})
const refused = (...schemaRefused: readonly SchemaWay[]): void =>
  void known.set(keyOf(SUBJECT), { at: 1, capabilities: { schemaRefused } })

describe('a form for the answer is asked for in another way', () => {
  test('after prose, and after JSON that has another form', async () => {
    for (const [turn, value] of [
      [said('Her name is Ada.'), undefined],
      [said('{"who": "Ada"}'), { who: 'Ada' }],
    ] as const) {
      known.clear()
      expect(await stepDown(session(), turn, SCHEMA, value)).toBe(true)
      expect(knownOf(SUBJECT)?.schemaRefused).toEqual(['json-schema', 'value', 'top-level', 'object-schema'])
    }
  })

  test('of the backend that did not heed it', async () => {
    await stepDown(session(), said('Ada', 'groq'), SCHEMA, undefined)
    expect(knownOf(SUBJECT)).toBeUndefined()
    expect(knownOf({ ...SUBJECT, backend: 'groq' })?.schemaRefused).toBeDefined()
  })

  test('until it is asked for in words', async () => {
    let steps = 0
    while (await stepDown(session(), said('Ada'), SCHEMA, undefined)) steps++
    expect(steps).toBe(3)
    expect(knownOf(SUBJECT)?.schemaRefused).toEqual([
      'json-schema',
      'value',
      'top-level',
      'object-schema',
      'json-object',
      'tool',
    ])
  })
})

describe('a form for the answer stays as it is', () => {
  test.each<[string, AssistantTurn, unknown]>([
    ['the answer has it', said('{"name": "Ada"}'), { name: 'Ada' }],
    ['nothing came', said(''), undefined],
    ['JSON broke off', said('{"name": "A'), undefined],
    ['a fence broke off', said('```json\n{"na'), undefined],
  ])('where %s', async (_why, turn, value) => {
    expect(await stepDown(session(), turn, SCHEMA, value)).toBe(false)
    expect(known.size).toBe(0)
  })

  test('where the model was told of it, so that the mistake is its own', async () => {
    refused('json-schema', 'value', 'top-level', 'object-schema')
    expect(await stepDown(session(), said('{"who": "Ada"}'), SCHEMA, { who: 'Ada' })).toBe(false)
  })

  test('where nothing may be changed, or there is no other spelling', async () => {
    const prose = said('Her name is Ada.')
    expect(await stepDown(session({ adjust: 'error' }), prose, SCHEMA, undefined)).toBe(false)
    const { provider } = lineTo(BASE)
    const line = lineTo(BASE, { provider: { ...provider, dialect: anthropicMessages } })
    expect(await stepDown(session({ line }), prose, SCHEMA, undefined)).toBe(false)
  })
})
