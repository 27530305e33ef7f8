import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The command as it is installed. */
export const BIN = resolve('dist/cli/main.js')

/** An empty home directory: no token, no cache. */
export const HOME = mkdtempSync(join(tmpdir(), 'natter-cli-'))

/** Builds the command where the sources are newer. */
export function build(): void {
  execFileSync(process.execPath, ['scripts/fresh-dist.mjs'], { stdio: 'pipe' })
}

/** Removes what the tests left. */
export const cleanUp = (): void => rmSync(HOME, { recursive: true, force: true })

/** How the command is started. */
export interface Start {
  /** What is piped in. @default nothing, and the pipe is closed */
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** Where it runs. @default here */
  readonly cwd?: string
  /** Called with the process at once. */
  readonly onStart?: (child: ChildProcess) => void
  /** Called with the process when it has first said something on standard output. */
  readonly onAnswer?: (child: ChildProcess) => void
  /** Called with the process when it has said something on standard error. */
  readonly onAside?: (child: ChildProcess, text: string) => void
}

/** What became of it. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** In milliseconds. */
  readonly time: number
}

/** Runs the command with nothing of the tester's own set-up. */
export function natter(
  args: readonly string[],
  { stdin = '', env = {}, cwd, onStart, onAnswer, onAside }: Start = {},
): Promise<Outcome> {
  return new Promise((done, fail) => {
    const started = performance.now()
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME, ...env },
      ...(cwd && { cwd }),
      stdio: 'pipe',
    })
    onStart?.(child)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout === '') onAnswer?.(child)
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      onAside?.(child, stderr)
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout, stderr, time: performance.now() - started }))
  })
}
