// The same questions as platform-node.ts, answered where there is no Node: a browser, Deno, Bun, a worker.

import type { OpenJournal } from './journal.ts'
import type { ProgressScreen } from './progress-screen.ts'
import type { OpenHop } from './safe-download-hop.ts'
import type { OpenRenderer } from './template-renderer.ts'

interface Globals {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> }
}

/** The value of an environment variable, where the platform has any. */
export const env = (name: string): string | undefined =>
  (globalThis as Globals).process?.env?.[name] || undefined

/** There is no home folder here. */
export const homePath = (...parts: readonly string[]): string => parts.join('/')

/** A path made of parts. */
export const joinPath = (...parts: readonly string[]): string => parts.join('/')

/** There are no files here. */
export const readText = (_path: string): string | undefined => undefined

/** There are no files here. */
export const writeText = (_path: string, _text: string): Promise<boolean> => Promise.resolve(false)

/** There is no prompt here. */
export const isRepl = (): boolean => false

/** Writes to the console. */
export const print = (text: string): void => console.log(text)

/** Warns on the console. */
export const warn = (message: string): void => console.warn(message)

/** There are no files here. */
export const readBytes = (
  path: string | URL,
  _maxBytes: number,
): Promise<{ readonly size: number; readonly bytes?: Uint8Array }> =>
  Promise.reject(new TypeError(`cannot read ${path}: there are no files here; pass a URL, a Blob or bytes`))

/** Sends a request of a download. */
export const openHop: OpenHop = async (url, options) =>
  (await import('./safe-download-web.ts')).openHop(url, options)

/** There is no process here that could be ended when a template does not end. */
export const openRenderer: OpenRenderer = () => Promise.resolve(undefined)

/** There are no files here. */
export const openJournal: OpenJournal = (path) =>
  Promise.reject(new TypeError(`cannot open ${path}: there are no files here`))

/** There is no screen for it here: pass a function. */
export const progressScreen = (): ProgressScreen | undefined => undefined

/** sharp does not run here. */
export const loadSharp = (): Promise<undefined> => Promise.resolve(undefined)
