import { type Capabilities, learned } from '../capabilities/capabilities.ts'
import { isObject } from '../lib/merge.ts'
import { keep, readKept } from './disk-cache.ts'
import { type Learned, type Subject, keyOf, known, recall } from './knowledge.ts'

/** How long a lesson holds: backends change. In milliseconds. */
export const LESSON_LIFE = 30 * 24 * 60 * 60_000
const NAME = 'learned'

/** What earlier processes have learned and is not too old. */
export function stored(): ReadonlyMap<string, Learned> {
  const value = readKept(NAME)?.value
  const rows = isObject(value) ? Object.entries(value) : []
  return new Map(
    rows.flatMap(([key, row]): readonly (readonly [string, Learned])[] => {
      if (!isObject(row) || typeof row.at !== 'number' || !isObject(row.capabilities)) return []
      const isFresh = Date.now() - row.at < LESSON_LIFE
      return isFresh && isSound(row.capabilities) ? [[key, row as unknown as Learned]] : []
    }),
  )
}

/** The members a lesson may have, and what each must be: a file that was damaged must not break every request. */
const MEMBERS: Readonly<Record<keyof Capabilities, (value: unknown) => boolean>> = {
  paramNames: (value) =>
    isObject(value) && Object.values(value).every((name) => name === null || typeof name === 'string'),
  omit: isTexts,
  toolCallIds: (value) => value === 'nine',
  system: (value) => value === 'fold',
  toolsRefused: isTexts,
  toolChoice: (value) => value === 'auto',
  schemaRefused: isTexts,
  strict: (value) => value === false,
  content: (value) => value === 'text' || value === 'parts',
  resultNames: (value) => value === false,
  images: (value) => typeof value === 'boolean',
  imageUrls: (value) => value === 'inline',
  minTemperature: isNumber,
  maxStops: isNumber,
  maxTokensLimit: isNumber,
  effortsRefused: isTexts,
  callSyntax: (value) => isObject(value) && typeof value.open === 'string' && typeof value.close === 'string',
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value)
}

const isSound = (value: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(value).every(
    ([name, member]) => Object.hasOwn(MEMBERS, name) && MEMBERS[name as keyof Capabilities](member),
  )

let writing: Promise<unknown> = Promise.resolve()

/** Changes what is on disk as it is there now: other processes learn and forget too. */
function change(edit: (rows: Map<string, Learned>) => void): Promise<unknown> {
  writing = writing.then(() => {
    const rows = new Map(stored())
    edit(rows)
    return keep(NAME, Object.fromEntries(rows))
  })
  return writing
}

const taught = (before: Learned | undefined, lesson: Capabilities): Learned => ({
  at: Date.now(),
  capabilities: learned(before?.capabilities ?? {}, lesson),
})

/** Remembers a lesson, here at once and for the processes to come; settles when it is on disk, if it can be. */
export function remember(subject: Subject, lesson: Capabilities): Promise<unknown> {
  const key = keyOf(subject)
  known.set(key, taught(known.get(key), lesson))
  return change((rows) => rows.set(key, taught(rows.get(key), lesson)))
}

/** All that was learned, by subject. */
export async function allLearned(): Promise<ReadonlyMap<string, Learned>> {
  await recall()
  return known
}

/** Forgets what was learned of a model, or of all, also on disk; gives how many subjects that were. */
export async function forget(model?: string): Promise<number> {
  await recall()
  const isMeant = (key: string): boolean => {
    const name = key.slice(key.indexOf(' ') + 1)
    return model === undefined || name === model || name.startsWith(`${model}:`)
  }
  const keys = new Set([...known.keys()].filter(isMeant))
  for (const key of keys) known.delete(key)
  await change((rows) => {
    for (const key of [...rows.keys()].filter(isMeant)) {
      keys.add(key)
      rows.delete(key)
    }
  })
  return keys.size
}
