import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the recordings lie, beside a checkout; absent in a clone elsewhere. */
export const RECORDINGS = fileURLToPath(new URL('../../../shared/recordings/', import.meta.url))
export const hasRecordings = existsSync(join(RECORDINGS, 'data', 'index.json'))

/** What a right client must read, as EXPECT.md defines it. */
export interface Expectation {
  readonly kind: string
  readonly family: string
  readonly text: string
  readonly textWithoutThink?: string
  readonly thinkFromTags?: string
  readonly thinking: string
  readonly thinkingParts?: readonly string[]
  readonly toolCalls: readonly {
    readonly id?: unknown
    readonly name: string
    readonly arguments?: unknown
    readonly argumentsRaw?: string
  }[]
  readonly finish: string | null
  readonly usage: Readonly<Record<string, number | null>> | null
  readonly model: string | null
  readonly citations?: number
  readonly media?: number
  readonly refusal?: string
  /** Gemini's words, or word, for an answer that it stopped or a prompt that it blocked. */
  readonly finishMessage?: string
  readonly blockMessage?: string
  readonly blockReason?: string | null
  readonly finishRaw?: string | null
  readonly midStream?: boolean
  readonly error?: {
    readonly message?: string
    readonly status?: number
    readonly code?: unknown
    readonly type?: unknown
  }
  readonly ambiguous?: readonly string[]
  readonly joined?: unknown
  readonly recordingCut?: unknown
  readonly cut?: boolean
}

export interface Recorded {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** One exchange and its expectation. */
export interface Exchange {
  readonly name: string
  readonly provider: string
  readonly response: Recorded
  readonly expect: Expectation
}

interface RawResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly sse?: string
  readonly ndjson?: string
  readonly text?: string
  readonly base64?: string
}

/** All exchanges of a family of dialects. */
export function exchangesOf(family: string): readonly Exchange[] {
  const found: Exchange[] = []
  for (const provider of readdirSync(join(RECORDINGS, 'expect'))) {
    const sets = readdirSync(join(RECORDINGS, 'data', provider))
    for (const file of readdirSync(join(RECORDINGS, 'expect', provider))) {
      const expectations = JSON.parse(
        readFileSync(join(RECORDINGS, 'expect', provider, file), 'utf8'),
      ) as Expectation[]
      if (!expectations.some((expectation) => expectation.family === family)) continue
      const id = file.replace('.json', '')
      const set = sets.find((name) => name.startsWith(id)) as string
      const data = JSON.parse(readFileSync(join(RECORDINGS, 'data', provider, set), 'utf8')) as {
        interactions: { response: RawResponse }[]
      }
      for (const [n, expectation] of expectations.entries()) {
        const response = data.interactions[n]?.response
        if (expectation.family !== family || !response) continue
        if (expectation.joined || expectation.recordingCut) continue
        found.push({
          name: `${provider}/${id}#${n}`,
          provider,
          response: recorded(response),
          expect: expectation,
        })
      }
    }
  }
  return found
}

function recorded({ status, headers = {}, body, sse, ndjson, text, base64 }: RawResponse): Recorded {
  const raw = sse ?? ndjson ?? text
  const bytes =
    raw !== undefined
      ? Buffer.from(raw)
      : base64 !== undefined
        ? Buffer.from(base64, 'base64')
        : Buffer.from(JSON.stringify(body))
  return { status, headers, body: bytes }
}
