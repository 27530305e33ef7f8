import { type FileHandle, open, readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { firstWords } from '../chat/export-jsonl.ts'
import { writeText } from '../lib/write-text-node.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { type FileLine, fileLines } from './file-lines.ts'
import { UNTITLED } from './saved-session.ts'
import { isSessionId } from './session-id.ts'
import { entryOf, modelName } from './session-lines.ts'

/** What a list shows of a session. */
export interface SessionSummary {
  readonly id: string
  readonly title: string
  /** ISO 8601. */
  readonly created: string
  /** When the last turn joined. */
  readonly updated: string
  /** `provider/model`, as `chat()` takes it. */
  readonly model: string
  /** How many turns there are, on all branches. */
  readonly count: number
  /** Where the words were found that were searched for. */
  readonly snippet?: string
}

/** What is known of a file, and up to where it was read. */
interface Known {
  readonly ino: number
  readonly mtime: number
  readonly size: number
  readonly end: number
  readonly title: string
  readonly words: string
  readonly created: string
  readonly updated: string
  readonly model: string
  readonly count: number
}

const VERSION = 1
const NAME = 'index.json'
const SUFFIX = '.jsonl'
/** How a turn's line begins; the line need not be parsed to be counted. */
const TURN =
  /^\{"type":"message","id":"[0-9a-f]{16}",(?:"parent":"[0-9a-f]{16}",)?"time":"([\d:.TZ+-]{1,40})"/
const TURN_HEAD = 160
const MESSAGE = Buffer.from('{"type":"message"')

/**
 * The summaries of all sessions in a folder. Files only grow, so of each only what is new is read; what is known is kept in the
 * folder, and whoever finds it missing or damaged makes it anew.
 */
export class SessionIndex {
  readonly #folder: string
  #known: Map<string, Known> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The newest first. */
  async list(): Promise<readonly SessionSummary[]> {
    const before = (this.#known ??= await this.#read())
    const names = await readdir(this.#folder).catch(() => [])
    const ids = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length))
    let isNew = false
    const after = new Map<string, Known>()
    for (const id of ids.filter(isSessionId)) {
      const known = before.get(id)
      const now = await this.#look(id, known).catch(() => undefined)
      if (now) after.set(id, now)
      isNew ||= now !== known
    }
    this.#known = after
    if (isNew || after.size !== before.size)
      writeText(join(this.#folder, NAME), JSON.stringify({ version: VERSION, sessions: [...after] }))
    return [...after]
      .map(([id, { title, words, created, updated, model, count }]) => ({
        id,
        title: title || words || UNTITLED,
        created,
        updated,
        model,
        count,
      }))
      .toSorted((a, b) => (a.updated < b.updated ? 1 : a.updated > b.updated ? -1 : a.id < b.id ? 1 : -1))
  }

  async #look(id: string, before: Known | undefined): Promise<Known> {
    const path = join(this.#folder, id + SUFFIX)
    const { ino, size, mtimeMs: mtime } = await stat(path)
    // The clock of files is coarse: two changes may bear one time.
    if (before && before.ino === ino && before.mtime === mtime && before.size === size) return before
    const base = before && before.ino === ino && before.end <= size ? before : EMPTY
    const file = await open(path)
    try {
      return { ...(await scanned(file, base)), ino, mtime, size }
    } finally {
      await file.close()
    }
  }

  async #read(): Promise<Map<string, Known>> {
    const text = await readFile(join(this.#folder, NAME), 'utf8').catch(() => '')
    const kept = parsedJson(text)
    const rows: readonly unknown[] =
      isObject(kept) && kept.version === VERSION && Array.isArray(kept.sessions) ? kept.sessions : []
    return new Map(rows.filter(isRow))
  }
}

const EMPTY: Known = {
  ino: 0,
  mtime: 0,
  size: 0,
  end: 0,
  title: '',
  words: '',
  created: new Date(0).toISOString(),
  updated: new Date(0).toISOString(),
  model: '',
  count: 0,
}

const isRow = (row: unknown): row is readonly [string, Known] =>
  Array.isArray(row) &&
  isSessionId(row[0]) &&
  isObject(row[1]) &&
  Object.entries(EMPTY).every(
    ([name, value]) => typeof (row[1] as Readonly<Record<string, unknown>>)[name] === typeof value,
  )

async function scanned(file: FileHandle, before: Known): Promise<Known> {
  const known = { ...before }
  for await (const line of fileLines(file, before.end)) {
    if (!line.isWhole) break
    known.end = line.end
    try {
      take(known, line)
    } catch {
      // Who opens the session is told of what is damaged.
    }
  }
  return known
}

function take(known: { -readonly [K in keyof Known]: Known[K] }, { bytes }: FileLine): void {
  const isMessage = bytes.subarray(0, MESSAGE.length).equals(MESSAGE)
  if (isMessage) {
    const [, time] = TURN.exec(bytes.toString('latin1', 0, TURN_HEAD)) ?? []
    if (time === undefined) return
    known.count++
    if (time > known.updated) known.updated = time
    if (known.words !== '') return
  }
  const entry = bytes.length === 0 ? undefined : entryOf(bytes.toString('utf8'))
  if (entry?.type === 'node') known.words = firstWords([entry.node.turn])
  else if (entry?.type === 'title') known.title = entry.title
  else if (entry?.type === 'settings') known.model = modelName(entry.settings)
  else if (entry?.type === 'session') {
    known.created = entry.created
    if (entry.created > known.updated) known.updated = entry.created
  }
}
