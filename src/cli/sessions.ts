import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { exportChat } from '../chat/export.ts'
import type { SavedSession } from '../sessions/saved-session.ts'
import type { SessionSummary } from '../sessions/session-index.ts'
import { SessionStore } from '../sessions/session-store.ts'
import { UsageError } from './failure.ts'
import { ago } from './in-words.ts'
import { aside, harmless, note, write } from './io.ts'
import { findSession } from './resumed.ts'
import { table } from './table.ts'
import type { SessionsTask } from './task.ts'

const { stdin, stdout, stderr } = process

/** Lists, shows, exports, renames or deletes what is kept, and gives the exit code. */
export async function sessions(task: SessionsTask): Promise<number> {
  const store = new SessionStore()
  switch (task.action) {
    case 'list':
      return list(store, task)
    case 'show': {
      const session = await findSession(task.id, store)
      write(`${task.json ? JSON.stringify(session.transcript()) : text(session)}\n`)
      return 0
    }
    case 'export': {
      const session = await findSession(task.id, store)
      const page = exportChat(session.exported(), task.format, { id: session.id })
      if (task.output === undefined) stdout.write(page)
      else await written(task.output, page)
      return 0
    }
    case 'rename':
      await (await findSession(task.id, store)).rename(task.title)
      return 0
    case 'delete':
      return remove(store, task)
  }
}

async function written(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page)
  } catch (error) {
    throw new UsageError(`--output ${path} cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

const text = (session: SavedSession): string => exportChat(session.exported(), 'md').trimEnd()

type ListTask = Extract<SessionsTask, { readonly action: 'list' }>

async function list(store: SessionStore, { search, limit, json }: ListTask): Promise<number> {
  const found = await store.list({ search, limit })
  if (json) stdout.write(found.map((one) => `${JSON.stringify(one)}\n`).join(''))
  else if (found.length === 0)
    note(search === '' ? 'no conversation is kept yet' : 'these words stand in no conversation')
  else {
    const all = search === '' && limit === undefined ? found : await store.list()
    const rows = found.map((one) => rowOf(one, all, search !== ''))
    stdout.write(`${harmless(table([['id', 'when', 'model', 'title'], ...rows], stdout.columns))}\n`)
  }
  return 0
}

/** The time of an id, which is nearly always enough of it. */
const USUAL = 9

function rowOf(
  { id, title, updated, model, snippet = '' }: SessionSummary,
  all: readonly SessionSummary[],
  isSearch: boolean,
): readonly string[] {
  const short = id.slice(0, USUAL)
  const isEnough = all.every((other) => other.id === id || !other.id.startsWith(short))
  return [
    isEnough ? short : id,
    ago(new Date(updated)),
    model,
    isSearch && snippet !== title ? `${title}: ${snippet}` : title,
  ]
}

type DeleteTask = Extract<SessionsTask, { readonly action: 'delete' }>

async function remove(store: SessionStore, { ids, isSure }: DeleteTask): Promise<number> {
  // All are found before one is deleted.
  const found: SavedSession[] = []
  for (const id of ids) found.push(await findSession(id, store))
  if (!isSure) {
    if (!stdin.isTTY) throw new UsageError('nobody is here to say yes: add --yes')
    for (const { id, title } of found) aside(harmless(`${id.slice(0, USUAL)}  ${title}\n`))
    if (!(await isAgreed(`Delete ${found.length === 1 ? 'it' : `these ${found.length}`} for good? [y/N] `)))
      return 1
  }
  for (const { id } of found) await store.delete(id)
  note(`deleted ${found.length === 1 ? 'one conversation' : `${found.length} conversations`}`)
  return 0
}

async function isAgreed(question: string): Promise<boolean> {
  const readline = createInterface({ input: stdin, output: stderr })
  // Who presses Ctrl-C or Ctrl-D has not said yes.
  const left = new Promise<string>((resolve) => readline.once('close', () => resolve('')))
  const answer = await Promise.race([readline.question(question), left])
  readline.close()
  return /^y(es)?$/i.test(answer.trim())
}
