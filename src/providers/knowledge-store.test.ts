import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const MODEL = { baseUrl: 'https://me:pass@router.example/v1?key=secret', model: 'org/m' }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-lessons-'))
  vi.stubEnv('NATTER_CACHE', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

const file = (): string => join(folder, 'learned.json')
const text = (): string => readFileSync(file(), 'utf8')
/** What another process would load: modules that have not read or learned anything. */
async function process() {
  vi.resetModules()
  const store = await import('./knowledge-store.ts')
  const knowledge = await import('./knowledge.ts')
  return { ...store, ...knowledge, learn: store.remember }
}

describe('a lesson', () => {
  test('is known to the next process, and to this one at once', async () => {
    const first = await process()
    await first.learn(MODEL, { system: 'fold' })
    expect(first.knownOf(MODEL)).toEqual({ system: 'fold' })
    const next = await process()
    expect(next.knownOf(MODEL)).toBeUndefined()
    await next.recall()
    expect(next.knownOf(MODEL)).toEqual({ system: 'fold' })
  })

  test('is added to those before it', async () => {
    const { learn, knownOf } = await process()
    await learn(MODEL, { omit: ['a'] })
    await learn(MODEL, { omit: ['b'], strict: false })
    expect(knownOf(MODEL)).toEqual({ omit: ['a', 'b'], strict: false })
  })

  test('lies in a file for its owner only, without a key, a password or a query', async () => {
    const { learn } = await process()
    await learn({ ...MODEL, backend: 'groq' }, { images: false })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(text()).toContain('https://router.example/v1 org/m:groq')
    expect(text()).not.toMatch(/secret|pass|me:|key=/)
  })

  test('holds for a month', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01') })
    const { learn, LESSON_LIFE } = await process()
    await learn(MODEL, { system: 'fold' })
    vi.setSystemTime(Date.now() + LESSON_LIFE - 1)
    expect((await process()).stored().size).toBe(1)
    vi.setSystemTime(Date.now() + 1)
    expect((await process()).stored().size).toBe(0)
  })

  test('is not kept, but known, where the cache is off', async () => {
    vi.stubEnv('NATTER_CACHE', 'off')
    const { learn, knownOf } = await process()
    await learn(MODEL, { system: 'fold' })
    expect(knownOf(MODEL)).toEqual({ system: 'fold' })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('two processes', () => {
  test('keep what each has learned', async () => {
    const one = await process()
    const two = await process()
    await one.learn({ ...MODEL, model: 'one' }, { omit: ['a'] })
    await two.learn({ ...MODEL, model: 'two' }, { omit: ['b'] })
    await one.learn({ ...MODEL, model: 'three' }, { omit: ['c'] })
    const keys = [...(await process()).stored().keys()].map((key) => key.split(' ')[1])
    expect(keys.toSorted()).toEqual(['one', 'three', 'two'])
  })

  test('keep what each has learned of the same model', async () => {
    const one = await process()
    const two = await process()
    await one.learn(MODEL, { omit: ['a'] })
    await two.learn(MODEL, { omit: ['b'] })
    const next = await process()
    await next.recall()
    expect(next.knownOf(MODEL)?.omit?.toSorted()).toEqual(['a', 'b'])
  })

  test('do not bring back what one of them was told to forget', async () => {
    const one = await process()
    const two = await process()
    await one.learn(MODEL, { omit: ['a'] })
    await two.learn({ ...MODEL, model: 'other' }, { omit: ['b'] })
    await two.recall()
    expect(await two.forget('org/m')).toBe(1)
    await one.learn({ ...MODEL, model: 'third' }, { omit: ['c'] })
    const keys = [...(await process()).stored().keys()].map((key) => key.split(' ')[1])
    expect(keys.toSorted()).toEqual(['other', 'third'])
  })
})

describe('what is forgotten', () => {
  test('is also what another process has learned meanwhile', async () => {
    const one = await process()
    const two = await process()
    await one.recall()
    await two.learn(MODEL, { omit: ['a'] })
    expect(await one.forget('org/m')).toBe(1)
    expect((await process()).stored().size).toBe(0)
  })

  test('is a model with all its backends, and no other', async () => {
    const { learn, forget, knownOf, allLearned } = await process()
    await learn(MODEL, { omit: ['a'] })
    await learn({ ...MODEL, backend: 'groq' }, { omit: ['b'] })
    await learn({ ...MODEL, model: 'org/m-2' }, { omit: ['c'] })
    expect(await forget('org/m')).toBe(2)
    expect(knownOf({ ...MODEL, backend: 'groq' })).toBeUndefined()
    expect([...(await allLearned()).keys()]).toEqual(['https://router.example/v1 org/m-2'])
    expect((await process()).stored().size).toBe(1)
  })

  test('stays forgotten by the next process, and all of it may be', async () => {
    await (await process()).learn(MODEL, { omit: ['a'] })
    const next = await process()
    expect(await next.forget()).toBe(1)
    expect(await next.forget()).toBe(0)
    expect((await process()).stored().size).toBe(0)
  })
})

describe('a damaged file', () => {
  const write = (value: unknown): void => writeFileSync(file(), JSON.stringify({ at: Date.now(), value }))

  test('loses its unsound lessons and keeps the others', async () => {
    const at = Date.now()
    write({
      good: { at, capabilities: { omit: ['a'], minTemperature: 0.01 } },
      'a list that is none': { at, capabilities: { omit: 'a' } },
      'a name that is none': { at, capabilities: { paramNames: { seed: 5 } } },
      'a member that is unknown': { at, capabilities: { foo: 1 } },
      'a number that is none': { at, capabilities: { maxStops: 'x' } },
      'no time': { capabilities: { omit: ['a'] } },
      'no lesson': { at },
      nothing: null,
    })
    expect([...(await process()).stored().keys()]).toEqual(['good'])
  })

  test.each(['', '{', '[]', 'null', '{"at": 1}'])(
    'is none at all where it cannot be read: %s',
    async (damaged) => {
      writeFileSync(file(), damaged)
      const { stored, learn, knownOf } = await process()
      expect(stored().size).toBe(0)
      await learn(MODEL, { omit: ['a'] })
      expect(knownOf(MODEL)).toEqual({ omit: ['a'] })
      expect((await process()).stored().size).toBe(1)
    },
  )
})
