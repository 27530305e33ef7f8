import { anthropic, spellAnthropic } from './batch/anthropic.ts'
import { gemini, spellGemini } from './batch/gemini.ts'
import { type BatchScript, Keep, type Kept } from './batch/kept.ts'
import { mistral } from './batch/mistral.ts'
import { openai, spellOpenAI } from './batch/openai.ts'
import { openrouter } from './batch/openrouter.ts'
import { type FileServer, fileServer } from './file-server.ts'
import { json } from './loopback.ts'

const KINDS = {
  openai: { speak: openai, spell: spellOpenAI, root: '/v1' },
  groq: { speak: openai, spell: spellOpenAI, root: '/openai/v1' },
  openrouter: { speak: openrouter, spell: spellOpenAI, root: '/api/v1' },
  mistral: { speak: mistral, spell: spellOpenAI, root: '/v1' },
  anthropic: { speak: anthropic, spell: spellAnthropic, root: '/v1' },
  gemini: { speak: gemini, spell: spellGemini, root: '/v1beta' },
} as const

/** Whose API for batches a server speaks. */
export type BatchKind = keyof typeof KINDS

/** A server of batches. */
export interface BatchServer extends FileServer {
  /** What to pass as `baseUrl`. */
  readonly url: string
  /** What was handed in. */
  readonly batches: readonly Kept[]
}

/** Starts a server that answers batches as a provider does; it is stopped after the file's tests. */
export async function startBatchServer(kind: BatchKind, script: BatchScript = {}): Promise<BatchServer> {
  const { speak, spell, root } = KINDS[kind]
  let keep: Keep | undefined
  const server = await fileServer(async (reply, request, origin, n) => {
    if (script.before?.(reply, request, n)) return
    keep ??= new Keep(origin, script, spell)
    const answer = await speak(request, keep)
    if (!answer) json(reply, 404, { error: { message: `no such thing: ${request.path}`, code: 404 } })
    else if ('json' in answer) json(reply, answer.status ?? 200, answer.json, answer.headers)
    else reply.writeHead(200, { 'content-type': 'application/octet-stream' }).end(answer.text)
  })
  return {
    ...server,
    url: server.origin + root,
    get batches() {
      return keep?.batches ?? []
    },
  }
}
