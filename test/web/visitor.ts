import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Chat, type OpenAICompatibleOptions, chatOpenAICompatible } from 'natter'
import { type FakeReply, fakeModel } from 'natter/testing'
import { type LiveBrowser, type LiveBrowserOptions, servePage } from '../../src/web/live-browser.ts'
import { type PageSource, sourceOf } from '../../src/web/page-source.ts'
import type { RunEvent, SessionView } from '../../src/web/protocol.ts'

/** A page as small as can be, in place of the built one. */
export const FOLDER = mkdtempSync(join(tmpdir(), 'natter-page-'))
writeFileSync(join(FOLDER, 'index.html'), `<!doctype html><title>natter</title>${'<!-- page -->'.repeat(50)}`)
mkdirSync(join(FOLDER, 'assets'))
writeFileSync(join(FOLDER, 'assets', 'page-Ab3_x9-Z.js'), 'export const page = 1\n'.repeat(50))
writeFileSync(join(FOLDER, 'assets', 'secret.key'), 'not of the page')

const pages: LiveBrowser[] = []
afterAll(async () => {
  await Promise.all(pages.map((page) => page.close()))
  rmSync(FOLDER, { recursive: true, force: true })
})

/** A chat with a model that says what it was told to say. */
export const scripted = (
  replies: readonly FakeReply[],
  options: Partial<OpenAICompatibleOptions> = {},
): Chat =>
  chatOpenAICompatible({
    baseUrl: 'http://fake.test/v1',
    model: 'fake',
    apiKey: 'sk-secret-key-of-the-server',
    retries: 0,
    ...options,
    fetch: fakeModel(replies),
  })

/** Serves the page for a chat; it is closed after the file's tests. */
export async function serve(
  source: Chat | PageSource,
  { folder = FOLDER, ...options }: LiveBrowserOptions & { readonly folder?: string } = {},
): Promise<LiveBrowser> {
  const from = 'open' in source ? source : sourceOf(source)
  const page = await servePage(
    from,
    { version: '1.2.3', folder },
    { open: false, history: false, ...options },
  )
  pages.push(page)
  return page
}

/** An event with its id. */
export interface Told {
  readonly id: number
  readonly event: RunEvent
}

/** A browser that was let in, as far as the server can tell. */
export class Visitor {
  readonly origin: string
  readonly cookie: string
  /** All that the server has ever answered. */
  readonly seen: string[] = []

  private constructor(origin: string, cookie: string) {
    this.origin = origin
    this.cookie = cookie
  }

  static async enter({ url }: Pick<LiveBrowser, 'url'>): Promise<Visitor> {
    const response = await fetch(url)
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
    await response.text()
    return new Visitor(new URL(url).origin, cookie)
  }

  /** Sends a request as the page does; a body is sent as JSON. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(`${this.origin}/${path}`, {
      method,
      headers: {
        cookie: this.cookie,
        ...(method !== 'GET' && { origin: this.origin }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
      }),
    })
  }

  /** What is answered, which must be a success. */
  async get<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body)
    const text = await response.text()
    this.seen.push(text)
    if (!response.ok) throw new Error(`${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  begin(settings: object = {}): Promise<SessionView> {
    return this.get('POST', 'api/sessions', { settings })
  }

  view(id: string): Promise<SessionView> {
    return this.get('GET', `api/sessions/${id}`)
  }

  /** Asks, and gives the run's id. */
  async ask(id: string, request: object): Promise<string> {
    return (await this.get<{ run: string }>('POST', `api/sessions/${id}/runs`, request)).run
  }

  /** The events of a run as they come, after an id. */
  async *events(run: string, after = 0, signal?: AbortSignal): AsyncGenerator<Told, void, undefined> {
    const response = await fetch(`${this.origin}/api/runs/${run}/events`, {
      headers: { cookie: this.cookie, 'last-event-id': String(after) },
      signal: signal ?? null,
    })
    let text = ''
    for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      this.seen.push(piece)
      text += piece
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const id = /^id: (\d+)$/m.exec(block)?.[1]
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (id && data) yield { id: Number(id), event: JSON.parse(data) as RunEvent }
      }
    }
  }

  /** All events of a run, to its end. */
  async all(run: string, after = 0): Promise<readonly Told[]> {
    const all: Told[] = []
    for await (const told of this.events(run, after)) all.push(told)
    return all
  }

  /** Asks, and waits for the end; gives the events. */
  async talk(id: string, request: object): Promise<readonly RunEvent[]> {
    return (await this.all(await this.ask(id, request))).map(({ event }) => event)
  }
}

/** The texts of the turns in a view, in the order of the tree. */
export const saidIn = ({ nodes }: SessionView): readonly string[] =>
  nodes.map(({ turn }) => turn.contents.map((it) => ('text' in it ? it.text : it.type)).join(' '))
