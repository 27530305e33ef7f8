import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http'
import { inspect } from 'node:util'
import { json, listen } from './loopback.ts'

/** What a server of tokens was asked. */
export interface TokenQuestion {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly form: Readonly<Record<string, string>>
}

/** A scripted server of tokens. */
export interface TokenServer {
  readonly origin: string
  readonly asked: TokenQuestion[]
}

/** What answers question number `n`, counted from 0: a status and its body, or whoever writes the answer. */
export type TokenScript = (
  asked: TokenQuestion,
  n: number,
) => readonly [number, unknown] | ((reply: ServerResponse) => void)

/** Starts a server of tokens on a free port of its own; it is stopped after the file's tests. */
export async function tokenServer(script: TokenScript): Promise<TokenServer> {
  const asked: TokenQuestion[] = []
  const server = createServer((request, reply) => {
    let text = ''
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      asked.push({ method, path, headers, form: Object.fromEntries(new URLSearchParams(text)) })
      const answer = script(asked[asked.length - 1] as TokenQuestion, asked.length - 1)
      if (typeof answer === 'function') answer(reply)
      else json(reply, ...answer)
    })
  })
  return { origin: `http://127.0.0.1:${await listen(server)}`, asked }
}

/** A server that gives `token-1`, `token-2` and so on, each for this many seconds. */
export const countingTokens = (seconds: number, prefix = 'token-'): Promise<TokenServer> =>
  tokenServer((_, n) => [
    200,
    { access_token: `${prefix}${n + 1}`, token_type: 'Bearer', expires_in: seconds },
  ])

/** A clock that stands still until it is moved. */
export function handClock(start = Date.UTC(2026, 0, 1)): {
  readonly now: () => number
  readonly pass: (minutes: number) => void
} {
  let time = start
  return { now: () => time, pass: (minutes) => void (time += minutes * 60_000) }
}

/** Everything that could be printed of a value, its causes included. */
export const printed = (value: unknown): string =>
  [
    inspect(value, { depth: 12, showHidden: true, getters: true }),
    String(value),
    JSON.stringify(value),
    value instanceof Error ? `${value.stack}\n${inspect(value.cause, { depth: 12, showHidden: true })}` : '',
  ].join('\n')

/** A request that waits to be authorised. */
export const requestTo = (url: string) => ({ method: 'POST', url, headers: {}, body: '{}' })
