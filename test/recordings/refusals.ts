import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RECORDINGS } from './recordings.ts'

type Body = Readonly<Record<string, unknown>>

/** A refusal of a chat, as a server gave it. */
export interface RecordedRefusal {
  /** The folder and the first letters of the file. */
  readonly name: string
  readonly status: number
  readonly body: unknown
  /** What was sent. */
  readonly sent: Body
}

const CHATS = new Set([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'vertex-gemini',
  'bedrock-converse',
  'ollama-chat',
  'cohere-chat',
  'hf-router',
  'hf-legacy-chat',
])

interface RawSet {
  readonly interactions: readonly {
    readonly api?: string
    readonly request: { readonly body?: unknown }
    readonly response: { readonly status?: number; readonly body?: unknown; readonly text?: string }
  }[]
}

/** Every refusal of a chat in the recorded exchanges; a request that was not recorded is empty. */
export function recordedRefusals(): readonly RecordedRefusal[] {
  const found: RecordedRefusal[] = []
  for (const { name: provider } of foldersIn('data'))
    for (const file of readdirSync(join(RECORDINGS, 'data', provider))) {
      const { interactions } = JSON.parse(
        readFileSync(join(RECORDINGS, 'data', provider, file), 'utf8'),
      ) as RawSet
      for (const [n, { api, request, response }] of interactions.entries()) {
        const { status = 0, body, text } = response
        if (!CHATS.has(api ?? '') || status < 400) continue
        const sent = (request.body ?? {}) as Body
        found.push({ name: `${provider}/${file.slice(0, 12)}#${n}`, status, body: body ?? text, sent })
      }
    }
  return found
}

/** Every refusal of a chat by the local servers that were probed. */
export function probedRefusals(): readonly RecordedRefusal[] {
  return foldersIn('engines').flatMap(({ name: server }) =>
    readdirSync(join(RECORDINGS, 'engines', server)).flatMap((file): readonly RecordedRefusal[] => {
      const page = readFileSync(join(RECORDINGS, 'engines', server, file), 'utf8')
      const read =
        /^> POST \/v1\/chat\/completions\n(?:> .*\n)*>\n(\{.*\})\n\n< HTTP ([45]\d\d) [^\n]*\n(?:< .*\n)*<\n(.*)/.exec(
          page,
        )
      if (!read) return []
      const [, asked = '', status, said = ''] = read
      const sent = parsed(asked) as Body
      return typeof sent === 'object'
        ? [
            {
              name: `${server}/${file.replace('.txt', '')}`,
              status: Number(status),
              body: parsed(said),
              sent,
            },
          ]
        : []
    }),
  )
}

const foldersIn = (folder: string) =>
  readdirSync(join(RECORDINGS, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory())

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
