import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RECORDINGS } from './recordings.ts'

/** An exchange beside the chat: a list of models, a count of tokens, a file. */
export interface Aside {
  /** As in `openai/48597159f338#0`. */
  readonly name: string
  readonly provider: string
  readonly method: string
  readonly url: string
  /** What was sent: JSON, or text as it went out. */
  readonly sent: unknown
  readonly status: number
  /** What came back as JSON; undefined where it was none. */
  readonly body: unknown
  /** What came back as text. */
  readonly text: string | undefined
  readonly expect: Readonly<Record<string, unknown>> & { readonly kind: string }
}

interface RawSet {
  readonly interactions: readonly {
    readonly api?: string
    readonly request: {
      readonly method: string
      readonly url: string | null
      readonly body?: unknown
      readonly text?: string
    }
    readonly response: {
      readonly status: number
      readonly body?: unknown
      readonly text?: string
      readonly ndjson?: string
    }
  }[]
}

/** Every exchange of a kind, in all sets. */
export function asidesOf(api: string): readonly Aside[] {
  const found: Aside[] = []
  for (const provider of readdirSync(join(RECORDINGS, 'data')).filter((name) => !name.endsWith('.json')))
    for (const file of readdirSync(join(RECORDINGS, 'data', provider))) {
      const text = readFileSync(join(RECORDINGS, 'data', provider, file), 'utf8')
      if (!text.includes(`"${api}"`)) continue
      const id = file.split('-')[0] ?? ''
      const { interactions } = JSON.parse(text) as RawSet
      const expected = JSON.parse(
        readFileSync(join(RECORDINGS, 'expect', provider, `${id}.json`), 'utf8'),
      ) as readonly Aside['expect'][]
      for (const [n, { api: kind, request, response }] of interactions.entries()) {
        const expectation = expected[n]
        if (kind !== api || !expectation) continue
        found.push({
          name: `${provider}/${id}#${n}`,
          provider,
          method: request.method,
          url: request.url ?? '',
          sent: request.body ?? request.text,
          status: response.status,
          body: response.body,
          text: response.text ?? response.ndjson,
          expect: expectation,
        })
      }
    }
  return found
}
