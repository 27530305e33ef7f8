import { promises as files, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { OpenJournal } from './journal.ts'
import type { ProgressScreen } from './progress-screen.ts'
import type { OpenHop } from './safe-download-hop.ts'
import type { OpenRenderer } from './template-renderer.ts'

/** The value of an environment variable; undefined where it is unset or empty. */
export const env = (name: string): string | undefined => process.env[name] || undefined

/** A path below the user's home folder. */
export const homePath = (...parts: readonly string[]): string => join(homedir(), ...parts)

/** A path made of parts. */
export const joinPath = (...parts: readonly string[]): string => join(...parts)

/** The text of a file; undefined where there is none that can be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Writes a file for its owner only, whole or not at all; false where that cannot be done. */
export const writeText = async (path: string, text: string): Promise<boolean> =>
  (await import('./write-text-node.ts')).writeText(path, text)

/** Whether a person is typing TypeScript or JavaScript at a prompt, rather than running a script. */
export const isRepl = (): boolean =>
  process.argv.length === 1 &&
  process.stdin.isTTY === true &&
  (process as { _eval?: string })._eval === undefined

/** Writes to standard output. */
export const print = (text: string): void => void process.stdout.write(text)

/** Warns the way the platform does: on standard error, never as an exception. */
export const warn = (message: string): void => process.emitWarning(message, 'NatterWarning')

/**
 * The size of a file, and its bytes where they are no more than `maxBytes`.
 * @throws TypeError where there is no such file, or it is a folder or cannot be read.
 */
export async function readBytes(
  path: string | URL,
  maxBytes: number,
): Promise<{ readonly size: number; readonly bytes?: Uint8Array }> {
  const shown = path instanceof URL ? path.pathname : path
  try {
    const about = await files.stat(path)
    // Before it is opened: to open a pipe is to wait for whoever writes to it.
    if (!about.isFile())
      throw new TypeError(`${shown} is ${about.isDirectory() ? 'a folder' : 'no regular file'}`)
    if (about.size > maxBytes) return { size: about.size }
    const bytes = await files.readFile(path)
    return { size: bytes.length, bytes }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'no permission' : message
    throw new TypeError(`cannot read ${shown}: ${why}`, { cause })
  }
}

/** Sends one request of a download, to addresses that were checked only. */
export const openHop: OpenHop = async (url, options) =>
  (await import('./safe-download-node.ts')).openHop(url, options)

/** Opens a chat template of somebody else's, in a process that can be ended. */
export const openRenderer: OpenRenderer = async (template) =>
  (await import('./template-renderer-node.ts')).openRenderer(template)

/** Opens a file of lines that only grows. */
export const openJournal: OpenJournal = async (path, how) =>
  (await import('./journal-node.ts')).openJournal(path, how)

/** Where progress is shown: standard error, and whether it is a terminal. */
export const progressScreen = (): ProgressScreen | undefined => ({
  columns: process.stderr.isTTY ? (process.stderr.columns ?? 80) : undefined,
  write: (text) => void process.stderr.write(text),
})

/** Not a literal in the import: a bundler would take sharp in, where it cannot find its native part. */
const SHARP: string = 'sharp'

/** The sharp library, which resizes pictures; undefined where it is not installed or does not run. */
export const loadSharp = (): Promise<typeof import('sharp').default | undefined> =>
  (import(/* @vite-ignore */ SHARP) as Promise<typeof import('sharp')>).then(
    (module) => module.default,
    () => undefined,
  )
