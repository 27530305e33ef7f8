import { expect, test } from 'vitest'
import type { ChatRequest } from 'natter'
import { anthropicMessages } from '../src/dialects/anthropic-messages.ts'
import { bedrockConverse } from '../src/dialects/bedrock-converse.ts'
import type { Dialect } from '../src/dialects/dialect.ts'
import { gemini } from '../src/dialects/gemini.ts'
import { openaiResponses } from '../src/dialects/openai-responses.ts'
import {
  type TokenCounter,
  anthropicCounter,
  converseCounter,
  geminiCounter,
  responsesCounter,
  vertexCounter,
} from '../src/dialects/token-counter.ts'
import { type Aside, asidesOf } from './recordings/asides.ts'
import { hasRecordings } from './recordings/recordings.ts'

test.runIf(!hasRecordings)('recorded counts are skipped: there is no ../shared/recordings', () => {
  expect(hasRecordings).toBe(false)
})

const FAMILIES: Readonly<Record<string, readonly [Dialect, TokenCounter]>> = {
  anthropic: [anthropicMessages, anthropicCounter],
  'aws-bedrock': [bedrockConverse, converseCounter],
  'google-gemini': [gemini, geminiCounter],
  'google-vertex': [gemini, vertexCounter],
  openai: [openaiResponses, responsesCounter],
}
const recorded = (hasRecordings ? asidesOf('count-tokens') : []).map((one) => [one.name, one] as const)
const familyOf = ({ provider }: Aside): readonly [Dialect, TokenCounter] =>
  FAMILIES[provider] as readonly [Dialect, TokenCounter]

test.runIf(hasRecordings)('there are counts of all five families', () => {
  expect(new Set(recorded.map(([, { provider }]) => provider))).toEqual(new Set(Object.keys(FAMILIES)))
  expect(recorded.length).toBeGreaterThan(40)
})

test.each(recorded)('%s is read right', (_, one) => {
  const [, counter] = familyOf(one)
  expect(counter.read(one.body)).toBe(one.expect.tokens)
})

/** What endpoints document beside what the recordings happen to send. */
const DOCUMENTED = ['tool_choice', 'thinking', 'toolConfig', 'instructions', 'reasoning', 'toolChoice']

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } }

/** A request with all that the endpoints of chats take and those that count refuse. */
const full = (model: string): ChatRequest => ({
  model,
  system: 'Be terse.',
  turns: [{ role: 'user', contents: [{ type: 'text', text: 'Hello' }] }],
  tools: [{ name: 'weather', description: 'The weather', inputSchema: SCHEMA }],
  toolChoice: 'auto',
  params: { temperature: 0.5, maxTokens: 100, reasoningEffort: 'low' },
  stream: true,
})

const keysIn = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []

/** The names at the root of what is counted, also where that is put into something else. */
const members = (body: unknown): readonly string[] => {
  const inner = body as { generateContentRequest?: unknown; input?: { converse?: unknown } }
  const converse = keysIn(inner.input).includes('converse') ? inner.input?.converse : undefined
  return keysIn(inner.generateContentRequest ?? converse ?? body)
}

const answered = recorded.filter(([, { status, sent }]) => status === 200 && members(sent).length > 0)

test.each(answered)('%s: our question goes to the same place and holds only what it takes', (_, one) => {
  const [dialect, counter] = familyOf(one)
  const { pathname } = new URL(one.url)
  const model =
    /\/models?\/([^/:]+|[^/]+%3A\d)[:/]/.exec(pathname)?.[1] ?? (one.sent as { model: string }).model
  const question = counter.ask(dialect.encode(full(decodeURIComponent(model)), {}))
  expect(pathname.endsWith(`/${question?.path}`), `${pathname} is not ${question?.path}`).toBe(true)
  const known = new Set([
    ...recorded.filter(([, it]) => it.provider === one.provider).flatMap(([, it]) => members(it.sent)),
    ...DOCUMENTED,
  ])
  // Vertex AI was asked for the least only; its page names the others.
  const more = one.provider === 'google-vertex' ? ['systemInstruction', 'tools', 'generationConfig'] : []
  const named =
    one.provider === 'google-gemini'
      ? ['toolConfig']
      : one.provider === 'aws-bedrock'
        ? ['additionalModelRequestFields']
        : []
  for (const member of members(question?.body)) expect([...known, ...more, ...named]).toContain(member)
  for (const member of [
    'max_tokens',
    'max_output_tokens',
    'stream',
    'temperature',
    'inferenceConfig',
    'store',
    'include',
  ])
    expect(members(question?.body)).not.toContain(member)
})
