import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AssistantTurn, Turn } from '../core/turn.ts'
import { MemorySessions } from './memory-sessions.ts'
import { linesOf } from './session-lines.ts'
import { newNodeId, newSessionId } from './session-id.ts'
import { SessionStore } from './session-store.ts'

const SETTINGS = { provider: 'huggingface', model: 'org/model', params: {} }
const asked = (text: string): Turn => ({ role: 'user', contents: [{ type: 'text', text }] })
const answered = (text: string): AssistantTurn => ({
  role: 'assistant',
  contents: [{ type: 'text', text }],
  finish: 'stop',
})

let folder = ''
let store: SessionStore
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'natter-sessions-')), 'sessions')
  store = new SessionStore(folder)
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

const fileOf = (id: string): string => join(folder, `${id}.jsonl`)

test('keeps files that only their owner can read', async () => {
  const { id } = await store.create(SETTINGS)
  await store.list()
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
  expect(readdirSync(folder)).toContain(`${id}.jsonl`)
})

test('writes what the Hub shows as a session trace', async () => {
  const session = await store.create(SETTINGS)
  const question = await session.append(asked('How tall is it?'))
  await session.append(answered('Tall.'), question.id)
  const lines = readFileSync(fileOf(session.id), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines[0]).toMatchObject({ type: 'session', harness: 'natter', id: session.id })
  const messages = lines.filter(({ type }) => type === 'message').map(({ message }) => message)
  expect(messages).toMatchObject([
    { role: 'user', content: 'How tall is it?' },
    { role: 'assistant', content: 'Tall.', model: 'org/model' },
  ])
})

test('never writes a key, a password or a query down', async () => {
  const session = await store.create({
    ...SETTINGS,
    baseUrl: 'https://user:hunter2@example.org/v1?key=hunter2',
    apiArgs: { api_key: 'hunter2', nested: { authorization: 'hunter2' } },
    params: { accessToken: 'hunter2' },
  })
  await session.setSettings({ ...session.settings, apiArgs: { secret: 'hunter2' } })
  expect(readFileSync(fileOf(session.id), 'utf8')).not.toContain('hunter2')
  expect(session.settings.baseUrl).toBe('https://example.org/v1')
})

for (const [name, make] of [
  ['a folder', () => store],
  ['memory', () => new MemorySessions()],
] as const)
  describe(`in ${name}`, () => {
    test('lists the newest first, with title, model and number of turns', async () => {
      const sessions = make()
      const first = await sessions.create(SETTINGS)
      await first.append(asked('The first question'))
      await new Promise((resolve) => setTimeout(resolve, 5))
      const second = await sessions.create({ ...SETTINGS, model: 'org/other' }, { title: 'A title' })
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(await sessions.list()).toMatchObject([
        { id: second.id, title: 'A title', model: 'huggingface/org/other', count: 0 },
        { id: first.id, title: 'The first question', model: 'huggingface/org/model', count: 1 },
      ])
      await first.append(answered('yes'), first.head)
      expect((await sessions.list()).map(({ id }) => id)).toEqual([first.id, second.id])
      expect((await sessions.list({ limit: 1 })).map(({ count }) => count)).toEqual([2])
    })

    test('finds words in titles and in what was said, and shows where', async () => {
      const sessions = make()
      const about = await sessions.create(SETTINGS)
      const question = await about.append(asked('Tell me "all" about\nfjords, please. '.repeat(9)))
      await about.append(answered(`${'x'.repeat(500)} Fjörds are GLACIAL valleys.`), question.id)
      const named = await sessions.create(SETTINGS, { title: 'Glacial things' })
      const found = async (search: string): Promise<readonly string[]> =>
        (await sessions.list({ search })).map(({ id }) => id)
      expect((await found('glacial')).toSorted()).toEqual([about.id, named.id].toSorted())
      expect(await found('valleys FJÖRDS')).toEqual([about.id])
      expect(await found('"all" fjords')).toEqual([about.id])
      expect(await found('glacial please')).toEqual([])
      expect(await found('message')).toEqual([])
      const [{ snippet = '' } = {}] = await sessions.list({ search: 'glacial valleys' })
      expect(snippet).toContain('GLACIAL valleys')
      expect(snippet.length).toBeLessThan(150)
    })

    test('removes a conversation for good', async () => {
      const sessions = make()
      const { id } = await sessions.create(SETTINGS)
      expect(await sessions.delete(id)).toBe(true)
      expect(await sessions.delete(id)).toBe(false)
      expect(await sessions.list()).toEqual([])
      await expect(sessions.load(id)).rejects.toMatchObject({ code: 'not-found' })
    })
  })

test('lets no id lead out of its folder', async () => {
  const outside = join(folder, '..', 'outside.jsonl')
  writeFileSync(outside, 'precious')
  const hostile = [
    '../outside',
    '..%2foutside',
    '/etc/passwd',
    '',
    '.',
    'a/b',
    'a\\b',
    'nul',
    'x\0y',
    'index',
    '0'.repeat(21) + '\n',
  ]
  for (const id of [...hostile, `../sessions/${newSessionId()}`, newSessionId().toUpperCase()]) {
    await expect(store.load(id), id).rejects.toMatchObject({ code: 'not-found' })
    await expect(store.delete(id), id).rejects.toMatchObject({ code: 'not-found' })
  }
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('.', '/', '\\', '0', '\0') })),
      async (id) => {
        await expect(store.load(id)).rejects.toMatchObject({ code: 'not-found' })
      },
    ),
  )
  expect(readFileSync(outside, 'utf8')).toBe('precious')
})

test('does not bring a deleted conversation back by adding to it', async () => {
  const session = await store.create(SETTINGS)
  await store.delete(session.id)
  await expect(session.append(asked('hi'))).rejects.toMatchObject({ code: 'not-found' })
  expect(await store.list()).toEqual([])
})

describe('the list', () => {
  /** A session of many turns, written by hand: its making is not what is measured. */
  function long(turns: number, words: string): string {
    const id = newSessionId()
    const entry = { id, model: 'm' }
    const text = [
      linesOf({ type: 'session', created: '2026-01-01T00:00:00.000Z' }, entry),
      linesOf({ type: 'settings', settings: SETTINGS }, entry),
    ]
    let parent: string | undefined
    for (let n = 0; n < turns; n++) {
      const node = newNodeId()
      const time = new Date(Date.UTC(2026, 0, 1) + n).toISOString()
      const turn = n % 2 === 0 ? asked(`${words} ${n}`) : answered(`${words} ${n}`)
      text.push(linesOf({ type: 'node', node: { id: node, ...(parent && { parent }), time, turn } }, entry))
      parent = node
    }
    writeFileSync(fileOf(id), text.join(''))
    return id
  }

  test('takes less than 50 ms for a conversation of 10,000 turns, and less when it is known', async () => {
    await store.create(SETTINGS)
    const id = long(10_000, 'It is not short, and each turn has some forty words to say of it. '.repeat(5))
    const times: number[] = []
    for (let n = 0; n < 3; n++) {
      rmSync(join(folder, 'index.json'), { force: true })
      const fresh = new SessionStore(folder)
      const began = performance.now()
      const [summary] = (await fresh.list()).filter((one) => one.id === id)
      times.push(performance.now() - began)
      expect(summary).toMatchObject({ count: 10_000, model: 'huggingface/org/model' })
      expect(summary?.title).toMatch(/^It is not short/)
    }
    expect(Math.min(...times)).toBeLessThan(50)
    const began = performance.now()
    await new SessionStore(folder).list()
    expect(performance.now() - began).toBeLessThan(Math.max(20, Math.min(...times)))
  })

  test('is made anew where what was kept of it is damaged or of another file', async () => {
    const session = await store.create(SETTINGS, { title: 'One' })
    const whole = await store.list()
    for (const text of [
      '',
      '{',
      '[]',
      '{"version":1,"sessions":[["x",{}],7,null]}',
      '{"version":9,"sessions":[]}',
    ]) {
      writeFileSync(join(folder, 'index.json'), text)
      expect(await new SessionStore(folder).list(), text).toEqual(whole)
    }
    // Replaced by a shorter file.
    const other = linesOf(
      { type: 'session', created: '2026-02-01T00:00:00.000Z' },
      { id: session.id, model: '' },
    )
    writeFileSync(fileOf(session.id), other)
    utimesSync(fileOf(session.id), 1, 1)
    expect(await new SessionStore(folder).list()).toMatchObject([{ title: 'Untitled', count: 0 }])
  })

  test('sees a change that bears the time of the one before', async () => {
    const session = await store.create(SETTINGS)
    utimesSync(fileOf(session.id), 1, 1)
    await store.list()
    await session.append(asked('hi'))
    utimesSync(fileOf(session.id), 1, 1)
    expect(await store.list()).toMatchObject([{ count: 1 }])
  })

  test('passes over other files, and files that are damaged to the last line', async () => {
    await store.create(SETTINGS)
    writeFileSync(join(folder, 'notes.jsonl'), 'mine')
    writeFileSync(join(folder, 'README'), 'mine')
    writeFileSync(fileOf(newSessionId()), Buffer.from([0xff, 0xfe, 0x0a, 0x00, 0x0a]))
    expect(await store.list()).toHaveLength(2)
  })
})
