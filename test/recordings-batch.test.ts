import { expect, test } from 'vitest'
import { TurnBuilder } from '../src/core/turn-builder.ts'
import type { AssistantTurn } from '../src/core/turn.ts'
import type { Delta } from '../src/core/delta.ts'
import { anthropicMessages } from '../src/dialects/anthropic-messages.ts'
import type { Dialect } from '../src/dialects/dialect.ts'
import { gemini } from '../src/dialects/gemini.ts'
import { openaiChat } from '../src/dialects/openai-chat.ts'
import { openaiResponses } from '../src/dialects/openai-responses.ts'
import type { BatchAnswer } from '../src/providers/batch-api.ts'
import { anthropic } from '../src/providers/anthropic.ts'
import * as ofAnthropic from '../src/providers/batches-anthropic.ts'
import * as ofGemini from '../src/providers/batches-gemini.ts'
import * as ofMistral from '../src/providers/batches-mistral.ts'
import * as ofOpenAI from '../src/providers/batches-openai.ts'
import { googleGemini } from '../src/providers/google-gemini.ts'
import { groq } from '../src/providers/groq.ts'
import { mistral } from '../src/providers/mistral.ts'
import { OPENAI } from '../src/providers/openai.ts'
import { batchesAt } from './batch/ask.ts'
import { linesOf } from './batch/kept.ts'
import { fileServer } from './file-server.ts'
import { type Aside, asidesOf } from './recordings/asides.ts'
import { type Expectation, hasRecordings } from './recordings/recordings.ts'
import { compareTurn } from './recordings/replay.ts'

test.runIf(!hasRecordings)('recorded batches are skipped: there is no ../shared/recordings', () => {
  expect(hasRecordings).toBe(false)
})

type Fields = Readonly<Record<string, unknown>>

const READERS = {
  anthropic: { provider: anthropic, ...ofAnthropic },
  'google-gemini': { provider: googleGemini, ...ofGemini },
  groq: { provider: groq, ...ofOpenAI },
  mistral: { provider: mistral, ...ofMistral },
  openai: { provider: OPENAI, ...ofOpenAI },
} as const

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'anthropic-messages': anthropicMessages,
  gemini,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
}

interface Expected {
  readonly id?: string
  readonly status?: string
  readonly counts?: Fields
  readonly what?: string
  readonly results?: readonly { readonly customId: string | null; readonly expect: Expectation }[]
}

interface Recorded extends Aside {
  readonly by: (typeof READERS)[keyof typeof READERS]
  readonly expected: Expected
}

const recorded: readonly Recorded[] = (
  hasRecordings ? [...asidesOf('batch'), ...asidesOf('files')] : []
).flatMap((aside) => {
  const by = Object.hasOwn(READERS, aside.provider)
    ? READERS[aside.provider as keyof typeof READERS]
    : undefined
  return by && aside.expect.kind === 'batch' ? { ...aside, by, expected: aside.expect as Expected } : []
})
const named = (all: readonly Recorded[]): readonly (readonly [string, Recorded])[] =>
  all.map((one) => [one.name, one])

/** As R's client kept it, which wrote `null` as `{}`. */
const isState = ({ expected }: Recorded): boolean => expected.what?.startsWith('ellmer') ?? false
const told = recorded.filter((one) => !isState(one) && one.expected.id !== undefined)
const answered = recorded.filter(({ expected }) => expected.results !== undefined)

test.runIf(hasRecordings)('batches of five providers are told of and answered', () => {
  expect(new Set(told.map(({ provider }) => provider))).toEqual(new Set(['anthropic', 'mistral', 'openai']))
  expect(new Set(answered.map(({ provider }) => provider)).size).toBe(5)
  expect(told.length).toBeGreaterThan(30)
})

test.each(named(told))('%s: a batch is read', (_, { by, body, expected }) => {
  const batch = by.readBatch(body)
  expect(batch).toMatchObject({ id: expected.id, status: expected.status })
  expect(batch?.created?.getUTCFullYear()).toBe(2026)
  const isOver = ['ended', 'completed', 'SUCCESS'].includes(expected.status ?? '')
  expect(batch?.state).toBe(isOver ? 'completed' : 'running')
  expect(batch?.answers.length).toBe(isOver ? 1 : 0)
  const {
    total,
    completed = 0,
    failed = 0,
    succeeded = completed,
    errored = failed,
    processing,
  } = expected.counts ?? {}
  // While a batch is looked through, it has no requests yet.
  const pending = processing ?? (total ? Number(total) - Number(completed) - Number(failed) : undefined)
  const { counts } = batch ?? {}
  if (pending !== undefined) expect(counts).toEqual({ pending, answered: succeeded, failed: errored })
  else if (total === 0) expect(counts).toBeUndefined()
})

test.each(named(answered))('%s: the answers are read to turns', async (_, one) => {
  const { by, expected } = one
  const lines = linesIn(one)
  const server = await fileServer((reply) => reply.end(lines))
  const { answers } = await batchesAt(by.provider, { url: `${server.origin}/v1` })
  const found = await answers({ id: 'b', status: 'done', state: 'completed', answers: ['files/a'] })
  expect(found).toHaveLength(expected.results?.length ?? Infinity)
  for (const [n, { customId, expect: right }] of (expected.results ?? []).entries()) {
    const answer = found[n] as BatchAnswer
    expect(answer).toMatchObject({ id: customId ?? String(n), outcome: 'answered' })
    compareTurn(turnOf(DIALECTS[right.family ?? ''] as Dialect, answer.body), right)
  }
})

/** The answers as their file holds them. */
function linesIn(one: Recorded): string {
  const { body, text, provider } = one
  if (text !== undefined) return text
  if (!isState(one))
    return linesOf('outputs' in (body as Fields) ? ((body as Fields).outputs as Fields[]) : [body])
  const { results } = nulled(body) as { readonly results: readonly Fields[] }
  return linesOf(
    results.map((result, n) =>
      provider === 'anthropic'
        ? { custom_id: `${n}`, result }
        : provider === 'google-gemini'
          ? { key: `${n}`, response: result.body }
          : { custom_id: `${n}`, response: result },
    ),
  )
}

const nulled = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner: unknown) => (JSON.stringify(inner) === '{}' ? null : inner)))

test.each(named(recorded.filter(isState)))(
  '%s: a batch that is over is read',
  (_, { by, body, expected }) => {
    const { batch } = nulled(body) as { readonly batch: unknown }
    expect(by.readBatch(batch)).toMatchObject({
      id: expected.id,
      state: 'completed',
      counts: { pending: 0, answered: expected.results?.length, failed: 0 },
      answers: [expect.any(String)],
    })
  },
)

function turnOf(dialect: Dialect, body: unknown): AssistantTurn {
  const reader = dialect.reader()
  const out: Delta[] = []
  reader.read(JSON.stringify(body), out)
  reader.end(out)
  const builder = new TurnBuilder()
  for (const delta of out) builder.push(delta)
  return builder.build({})
}
