import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { JournalError } from './journal.ts'

/** Who holds a file. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When its process began, where the system tells: another one may have its number by now. */
  readonly began: string | undefined
  /** For people. */
  readonly since: string
}

/** The files this process holds. */
const held = new Set<string>()

/**
 * Holds a file for this process, by a file beside it that names it; what a dead process holds is taken over. Gives the function that lets go.
 * @throws JournalError where another process holds it, or this one does already
 */
export function holdFile(path: string): () => void {
  const lock = `${absolute(path)}.lock`
  if (held.has(lock))
    throw new JournalError(`${path} is in use by another run of this program: name another file.`, {
      isHeld: true,
    })
  const draft = `${lock}.${process.pid}`
  try {
    writeFileSync(draft, JSON.stringify(me()), { mode: 0o600 })
    // A link is made whole or not at all, so nobody can read half a name.
    for (let tries = 0; !linked(draft, lock); tries++) {
      const holder = read(lock)
      if (holder && (tries > 2 || isAlive(holder)))
        throw new JournalError(refusal(path, lock, holder), { isHeld: true })
      bury(lock, holder)
    }
  } catch (error) {
    if (error instanceof JournalError) throw error
    throw new JournalError(`cannot hold ${path}: ${(error as Error).message}`, { cause: error })
  } finally {
    rmSync(draft, { force: true })
  }
  held.add(lock)
  return () => {
    held.delete(lock)
    if (read(lock)?.pid === process.pid) rmSync(lock, { force: true })
  }
}

const absolute = (path: string): string => {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch (error) {
    throw new JournalError(`cannot open ${path}: there is no such folder`, { cause: error })
  }
}

const me = (): Holder => ({
  pid: process.pid,
  host: hostname(),
  began: beginOf(process.pid),
  since: new Date().toISOString(),
})

function linked(draft: string, lock: string): boolean {
  try {
    linkSync(draft, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function read(lock: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** Removes what a dead process left, unless another one has been quicker and holds it now. */
function bury(lock: string, dead: Holder | undefined): void {
  const grave = `${lock}.${process.pid}.old`
  try {
    renameSync(lock, grave)
    if (read(grave)?.since !== dead?.since) linked(grave, lock)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  } finally {
    rmSync(grave, { force: true })
  }
}

function isAlive({ pid, host, began }: Holder): boolean {
  // Nobody can tell from here.
  if (host !== hostname()) return true
  // In a container every process has the number of the one before; what this one holds it knows.
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = beginOf(pid)
  return began === undefined || now === undefined || began === now
}

/** When a process began, in the system's own count; undefined where that is not to be had. */
function beginOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

const refusal = (path: string, lock: string, { pid, host, since }: Holder): string =>
  host === hostname()
    ? `${path} is held by process ${pid} since ${since}: wait for it, end it, or name another file.`
    : `${path} is held by process ${pid} on ${host} since ${since}: if that is gone, remove ${lock}.`
