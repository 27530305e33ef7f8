import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect } from 'vitest'
import { type Chat, type ChatOptions, type Content, type JsonSchema, type Params, image } from 'natter'
import { type FakeReply, fakeModel } from 'natter/testing'
import { type FakeAnswer, type FakeRequest, isError, settle } from '../../src/testing/fake-reply.ts'
import { refusal } from '../../src/testing/fake-wire.ts'
import { listen } from '../loopback.ts'

/** What one side says in a request, whatever the dialect's spelling. */
export interface Said {
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[]
  readonly results: readonly { readonly id: string; readonly text: string }[]
  /** Their MIME types, or URLs. */
  readonly media: readonly string[]
}

/** A request as a server of any dialect understands it. */
export interface Heard {
  readonly model: string
  readonly system: string | undefined
  readonly said: readonly Said[]
  readonly tools: readonly {
    readonly name: string
    readonly description: string
    readonly schema: JsonSchema
  }[]
  /** `undefined` where the server decides. */
  readonly choice: 'auto' | 'none' | 'required' | { readonly name: string } | undefined
  readonly schema: JsonSchema | undefined
  readonly body: Readonly<Record<string, unknown>>
}

/** A request as its server sees it. */
export interface Spoken {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** An answer on the wire: `pieces` bring its parts one by one, `end` what closes it. A whole answer is one piece and no end. */
export interface Spelled {
  readonly contentType: string
  readonly pieces: readonly (string | Uint8Array)[]
  readonly end?: readonly (string | Uint8Array)[]
}

/** A schema that the model is told in words, where the server does not hold it to one. */
export function schemaTold(text: string | undefined): JsonSchema | undefined {
  const told = /JSON Schema, and with nothing else:\n(\{[^\n]*\})/.exec(text ?? '')?.[1]
  return told === undefined ? undefined : (JSON.parse(told) as JsonSchema)
}

/** How one dialect is served and heard: a row of the suite. */
export interface DialectRow {
  readonly id: string
  hear(body: Readonly<Record<string, unknown>>, path: string): Heard
  /** How an answer is spelled; absent where `fakeModel` speaks the dialect itself. */
  readonly speak?: (answer: FakeAnswer, request: Spoken) => Spelled
  chat(options: ChatOptions & { readonly baseUrl: string }): Chat
  /** What a chat must be told besides, to be allowed nothing but the wire. */
  readonly path: string
  /** A parameter that the dialect has no name for. @default `UNTAKEN` */
  readonly untaken?: Params
  /** Whether a result holds its pictures and files itself; else they follow it, said to be the tool's. */
  readonly resultsHoldMedia?: true
  /** What the dialect has no way to say; `choice-none`: only that no tool may be used. */
  readonly lacks?: readonly Lack[]
  /** Whether a conversation with calls keeps its tools although none may be used, since the servers demand them. */
  readonly keepsTools?: true
}

type Lack = 'choice' | 'choice-none' | 'pdf' | 'picture-url' | 'refusal'

/** Whether a dialect has a way to say a thing. */
export const has = ({ lacks }: DialectRow, what: Lack): boolean => !lacks?.includes(what)

/** Whether a scripted reply can be told in a dialect. */
export const canTell = (row: DialectRow, reply: FakeReply): boolean =>
  has(row, 'refusal') || !(typeof reply === 'object' && 'refusal' in reply)

/** A picture that the dialect can carry, and how its server hears of it. */
export function pictureFor(row: DialectRow): { readonly picture: Promise<Content>; readonly heard: string } {
  const url = 'https://example.com/a.png'
  if (has(row, 'picture-url')) return { picture: image(url), heard: url }
  return { picture: image(PIXEL), heard: 'image/png' }
}

/** A picture of one pixel. */
const PIXEL = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)

/** The parameter that most dialects have no name for. */
export const UNTAKEN: Params = { reasoningTokens: 3 }

/** A server with a script, and the chats that talk to it. */
export interface Served {
  readonly url: string
  /** Every request, in order. */
  readonly heard: readonly Heard[]
  readonly headers: readonly IncomingMessage['headers'][]
  /** When the connection of a request was closed before its answer was whole. */
  readonly givenUp: () => number
  /** A new chat with it. */
  chat(options?: ChatOptions): Chat
}

const all: Served[] = []

/** Follows a script over real HTTP. After each test every request is looked at: see `flawsOf`. */
export async function serve(row: DialectRow, replies: readonly FakeReply[]): Promise<Served> {
  const model = row.speak ? speaker(row.speak, replies) : fakeModel(replies)
  const heard: Heard[] = []
  const headers: IncomingMessage['headers'][] = []
  let givenUp = 0
  const server = createServer((request, reply) => {
    reply.once('close', () => {
      if (!reply.writableFinished) givenUp++
    })
    // A router's catalogue, or a list of models: there is none.
    if (request.method === 'GET') return void reply.writeHead(404).end('{}')
    void (async () => {
      let text = ''
      for await (const piece of request.setEncoding('utf8')) text += piece as string
      const path = request.url ?? ''
      heard.push(row.hear(JSON.parse(text) as Readonly<Record<string, unknown>>, path))
      headers.push(request.headers)
      await pass(model, row.speak ? path : '/v1/chat/completions', text, reply)
    })()
  })
  const url = `http://127.0.0.1:${await listen(server)}/v1`
  const served: Served = {
    url,
    heard,
    headers,
    givenUp: () => givenUp,
    chat: (options = {}) =>
      row.chat({
        model: 'm',
        retries: 0,
        adjust: 'silent',
        echo: 'none',
        apiKey: 'key-of-a-test',
        ...options,
        baseUrl: url,
      }),
  }
  all.push(served)
  return served
}

/** What `fakeModel` is, for any dialect. */
function speaker(speak: NonNullable<DialectRow['speak']>, replies: readonly FakeReply[]): typeof fetch {
  let n = 0
  return async (input, init) => {
    const request = new Request(input, init)
    const body = (await request.json()) as Readonly<Record<string, unknown>>
    const next = replies[n++]
    if (next === undefined) throw new TypeError(`fakeModel has no reply to request ${n}`)
    const answer = await settle(next, { messages: [], model: '', ...body } as FakeRequest)
    if (answer.delay) await sleep(answer.delay, undefined, { signal: request.signal })
    if (isError(answer)) return refusal(answer)
    const { pathname, search } = new URL(request.url)
    const { contentType, pieces, end } = speak(answer, { path: pathname + search, body })
    const { cut = false, pause } = answer
    const isWhole = end === undefined
    const sent = cut === false ? [...pieces, ...(end ?? [])] : pieces.slice(0, cut === true ? undefined : cut)
    if (isWhole && cut !== false)
      return new Response((sent[0] ?? '').slice(0, (pieces[0]?.length ?? 0) >> 1), {
        headers: { 'content-type': contentType },
      })
    const encoder = new TextEncoder()
    let at = 0
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          if (at > 0 && pause) await sleep(pause, undefined, { signal: request.signal })
          request.signal.throwIfAborted()
          const piece = sent[at++]
          if (piece === undefined) controller.close()
          else controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(stream, { headers: { 'content-type': contentType } })
  }
}

async function pass(model: typeof fetch, path: string, body: string, reply: ServerResponse): Promise<void> {
  const gone = new AbortController()
  reply.once('close', () => gone.abort())
  try {
    const answer = await model(`http://fake.test${path}`, {
      method: 'POST',
      body,
      signal: gone.signal,
    })
    reply.writeHead(answer.status, Object.fromEntries(answer.headers))
    for await (const piece of answer.body ?? []) reply.write(piece)
    reply.end()
  } catch (error) {
    // A script that ran out is a mistake of the test; all else is a connection that breaks.
    const isMistake = error instanceof TypeError && error.message.startsWith('fakeModel')
    if (!isMistake) reply.destroy()
    else reply.writeHead(400).end(JSON.stringify({ error: { message: error.message } }))
  }
}

/** What a strict server would refuse in a conversation. */
export function flawsOf({ said }: Heard): readonly string[] {
  const flaws = said.flatMap(({ role, results }, i) => {
    const before = said[i - 1]
    const asked = before?.calls.map(({ id }) => id) ?? []
    const told = results.map(({ id }) => id)
    return [
      ...(role === (i % 2 === 0 ? 'user' : 'assistant') ? [] : [`message ${i} is the ${role}'s`]),
      ...(JSON.stringify(asked) === JSON.stringify(told)
        ? []
        : [`calls ${asked.join()}, then results ${told.join()}`]),
      ...(new Set(asked).size === asked.length ? [] : [`two calls have one id: ${asked.join()}`]),
    ]
  })
  return said.at(-1)?.role === 'user' ? flaws : [...flaws, 'the last word is not the user’s']
}

afterEach(() => {
  for (const { heard } of all.splice(0)) expect(heard.flatMap(flawsOf)).toEqual([])
})

/** A list of what is given one by one. */
export async function listOf<T>(things: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const thing of things) list.push(thing)
  return list
}

/** What the last request told of the tools' results. */
export const toldIn = ({ heard }: Served, n = heard.length - 1): readonly string[] =>
  heard[n]?.said.at(-1)?.results.map(({ text }) => text) ?? []

/** A promise that is kept when one says so. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

/** Waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}
