import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { inUrl, isLoopback } from '../local/caller.ts'
import { listening } from '../local/listening.ts'
import { MemorySessions } from '../sessions/memory-sessions.ts'
import { SessionStore } from '../sessions/session-store.ts'
import { Gate } from './gate.ts'
import { pageApp } from './page-app.ts'
import { PageFiles } from './page-files.ts'
import type { PageSource } from './page-source.ts'
import { RunRegistry } from './run-registry.ts'
import { Uploads } from './uploads.ts'

/** How the page is served. */
export interface LiveBrowserOptions {
  /** Where to listen; any other address than this machine's own needs a `token` or a `password`. @default '127.0.0.1' */
  readonly host?: string | undefined
  /** @default 0, any that is free */
  readonly port?: number | undefined
  /** Lets whoever has it in, as `?token=…`, 16 characters or more. @default one that works once, in the URL */
  readonly token?: string | undefined
  /** Asked for in the browser, 8 characters or more. */
  readonly password?: string | undefined
  /** The folder that keeps the conversations, or false to keep them only as long as the server runs. @default that of natter */
  readonly history?: string | false | undefined
  /** Whether to open the system's browser. @default true, where there is a screen */
  readonly open?: boolean | undefined
  /** Closes the server. */
  readonly signal?: AbortSignal | undefined
}

/** A page that is served. */
export interface LiveBrowser {
  /** The address to open; it lets the first who does so in. */
  readonly url: string
  readonly port: number
  /** Stops what is being answered, keeps what has come, and ends the server. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** How many answers may be under way at once, and how long their events are kept, in milliseconds. */
const MAX_RUNS = 50
const KEEP_FOR = 10 * 60_000

/** Serves the page, which is found where the build puts it, for a source. */
export async function servePage(
  source: PageSource,
  { version, folder }: { readonly version: string; readonly folder?: string },
  options: LiveBrowserOptions = {},
): Promise<LiveBrowser> {
  const { host = '127.0.0.1', port = 0, token, password, history, signal } = options
  checkSecrets(host, token, password)
  signal?.throwIfAborted()
  const gate = new Gate({ host, token, password })
  const runs = new RunRegistry({ maxRuns: MAX_RUNS, keepFor: KEEP_FOR, linger: Infinity })
  const app = pageApp({
    version,
    gate,
    files: new PageFiles(folder),
    sessions: history === false ? new MemorySessions() : new SessionStore(history),
    source,
    runs,
    uploads: new Uploads(),
  })
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    overrideGlobalObjects: false,
  }) as Server
  const bound = await listening(server, port, host)
  const close = async (): Promise<void> => {
    signal?.removeEventListener('abort', onAbort)
    const closed = new Promise((resolve) => server.close(resolve))
    await runs.stopAll()
    server.closeAllConnections()
    await closed
  }
  const onAbort = (): void => void close()
  signal?.addEventListener('abort', onAbort, { once: true })
  // Where everybody is let in by any address, this machine's own is the one to open here.
  const shown = /^(0\.0\.0\.0|\[?::\]?)$/.test(host) ? '127.0.0.1' : inUrl(host)
  const url = gate.entrance(`http://${shown}:${bound}/`)
  if (options.open !== false) await (await import('./open-url.ts')).openUrl(url)
  return { url, port: bound, close, [Symbol.asyncDispose]: close }
}

function checkSecrets(host: string, token: string | undefined, password: string | undefined): void {
  if (token !== undefined && token.length < 16)
    throw new TypeError('token must have 16 characters or more: others could guess it')
  if (password !== undefined && password.length < 8)
    throw new TypeError('password must have 8 characters or more: others could guess it')
  if (!isLoopback(host) && token === undefined && password === undefined)
    throw new TypeError(
      `Listening on ${host} lets others on the network in: pass a token or a password as well`,
    )
}
