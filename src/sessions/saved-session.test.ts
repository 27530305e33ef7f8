import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Chat } from '../chat/chat.ts'
import { exportChat } from '../chat/export.ts'
import { chatOpenAICompatible } from '../chats-servers.ts'
import type { AssistantTurn, Turn } from '../core/turn.ts'
import type { SavedSession } from './saved-session.ts'
import { SessionStore } from './session-store.ts'

const SETTINGS = { provider: 'openai-compatible', model: 'm', params: { temperature: 0.2 } }
const asked = (text: string): Turn => ({ role: 'user', contents: [{ type: 'text', text }] })
const answered = (text: string): AssistantTurn => ({
  role: 'assistant',
  contents: [
    {
      type: 'thinking',
      text: 'hm',
      opaque: { dialect: 'd', value: { deep: [1] }, server: 'https://x.example' },
    },
    { type: 'text', text },
  ],
  finish: 'stop',
  usage: { input: 3, output: 4 },
  cost: 0.001,
  servedBy: 'novita',
})

let folder = ''
let store: SessionStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-session-'))
  store = new SessionStore(folder)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const fileOf = ({ id }: SavedSession): string => join(folder, `${id}.jsonl`)
const textsOf = (session: SavedSession): readonly string[] =>
  session.path().map(({ turn }) => turn.contents.map((it) => ('text' in it ? it.text : it.type)).join(' '))

/** A conversation of some questions and answers. */
async function talk(...texts: readonly string[]): Promise<SavedSession> {
  const session = await store.create(SETTINGS)
  await session.appendAll(texts.map((text, n) => (n % 2 === 0 ? asked(text) : answered(text))))
  return session
}

test('gives back exactly what it was given, media and state of servers included', async () => {
  const session = await store.create(SETTINGS)
  const turns: readonly Turn[] = [
    {
      role: 'user',
      contents: [{ type: 'media', kind: 'image', mimeType: 'image/png', data: 'AAAA', name: 'a.png' }],
    },
    {
      ...answered('Seen.'),
      contents: [{ type: 'tool-call', id: 'c', name: 't', input: { a: 1 } }],
      finish: 'tool-calls',
    },
    {
      role: 'user',
      contents: [
        { type: 'tool-result', id: 'c', name: 't', content: 'x\u2028\u0085' },
        { type: 'text', text: 'go' },
      ],
    },
    answered('Done.\n'),
  ]
  const nodes = await session.appendAll(turns)
  const again = await store.load(session.id)
  expect(again.path().map(({ turn }) => turn)).toEqual(turns)
  expect([...again.nodes.values()]).toEqual(nodes)
  expect(again.settings).toEqual(session.settings)
  expect({ created: again.created, updated: again.updated }).toEqual({
    created: session.created,
    updated: session.updated,
  })
})

test('is taken up by a chat, and exported in every form', async () => {
  const session = await talk('Hello', 'Hi.')
  const chat = await Chat.fromJSON(
    session.transcript(),
    chatOpenAICompatible({ baseUrl: 'http://127.0.0.1:9/v1', model: 'other' }),
  )
  expect(chat.model).toBe('m')
  expect(chat.turns).toHaveLength(2)
  for (const format of ['md', 'html', 'jsonl'] as const)
    expect(exportChat(session.exported(), format)).toContain('Hello')
})

test('is a tree: versions of questions and answers, and the branch that is shown', async () => {
  const session = await talk('Q', 'A1', 'more', 'much')
  const [question, first] = session.path()
  const second = await session.append(answered('A2'), question?.id)
  const edited = await session.append(asked('Q edited'))
  for (const one of [session, await store.load(session.id)]) {
    expect(one.head).toBe(edited.id)
    expect(one.versions(second.id).map(({ id }) => id)).toEqual([first?.id, second.id])
    expect(one.versions(edited.id).map(({ id }) => id)).toEqual([question?.id, edited.id])
    expect(one.path(second.id).map(({ id }) => id)).toEqual([question?.id, second.id])
  }
  await session.setHead(second.id)
  expect(textsOf(await store.load(session.id))).toEqual(['Q', 'hm A2'])
  await expect(session.setHead('0000000000000000')).rejects.toThrow(TypeError)
  await expect(session.append(asked('x'), '0000000000000000')).rejects.toThrow(TypeError)
})

test('is called by its first words until it has a title', async () => {
  const session = await talk('What  is\nthis?', 'That.')
  expect(session.title).toBe('What is this?')
  await session.rename(`  A   title${'!'.repeat(300)}`)
  const again = await store.load(session.id)
  expect(again.title).toMatch(/^A title!/)
  expect(again.title).toHaveLength(200)
  await again.rename('')
  expect((await store.load(session.id)).title).toBe('What is this?')
})

describe('damage', () => {
  test('a file cut at any byte gives all turns before the cut, and can be added to', async () => {
    const session = await talk('Größe?', 'Groß \u{1f600}.', 'Und?', 'Sonst nichts.')
    const whole = readFileSync(fileOf(session))
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (cut) => {
        writeFileSync(fileOf(session), whole.subarray(0, cut))
        const again = await store.load(session.id)
        // The first two lines are no turns; a line that lacks only its end is whole.
        const count = Math.max(0, ends.filter((end) => end <= cut).length - 2)
        expect(again.nodes.size).toBe(count)
        expect(textsOf(again)).toEqual(textsOf(session).slice(0, count))
        await again.append(asked('on'), again.head)
        vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
        expect((await store.load(session.id)).nodes.size).toBe(count + 1)
      }),
      { numRuns: 150 },
    )
  })

  test('a damaged line loses its own turn, with a warning', async () => {
    const session = await talk('one', 'two', 'three', 'four')
    const lines = readFileSync(fileOf(session), 'utf8').trimEnd().split('\n')
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    for (const hurt of [
      (line: string) => line.slice(0, -9),
      (line: string) => line.replace('"turn":{', '"turn":7,"x":{'),
      (line: string) => line.replace(/"id":"\w+"/, '"id":"../../x"'),
      (line: string) => line.replace('"role":"assistant","contents"', '"role":"system","contents"'),
      () => 'null',
      () => `{"__proto__":{"polluted":true},"type":"message","id":"zz","turn":{}}`,
      () => '\u0000'.repeat(100),
    ]) {
      const damaged = lines.map((line, at) => (at === 3 ? hurt(line) : line))
      writeFileSync(fileOf(session), `${damaged.join('\n')}\n`)
      warned.mockClear()
      const again = await store.load(session.id)
      expect(textsOf(again)).toEqual(['one', 'three', 'hm four'])
      expect(warned).toHaveBeenCalledOnce()
      expect(warned.mock.calls[0]?.[0]).toContain('has a damaged line')
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('a loop of parents is no loop', async () => {
    const session = await talk('one', 'two')
    const [first, second] = session.path()
    const text = readFileSync(fileOf(session), 'utf8')
    writeFileSync(
      fileOf(session),
      text.replace(`"id":"${first?.id}"`, `"id":"${first?.id}","parent":"${second?.id}"`),
    )
    expect(textsOf(await store.load(session.id))).toEqual(['one', 'hm two'])
  })

  test('a file of a newer natter is not touched', async () => {
    const session = await talk('one')
    writeFileSync(
      fileOf(session),
      readFileSync(fileOf(session), 'utf8').replace('"version":1', '"version":2'),
    )
    await expect(store.load(session.id)).rejects.toThrow(/newer natter/)
  })
})

describe('several processes', () => {
  test('see what the others add, once each', async () => {
    const mine = await talk('one', 'two')
    const theirs = await new SessionStore(folder).load(mine.id)
    await theirs.append(asked('three'), theirs.head)
    await mine.append(asked('other three'), mine.head)
    await mine.refresh()
    await theirs.refresh()
    expect([...mine.nodes.keys()].toSorted()).toEqual([...theirs.nodes.keys()].toSorted())
    expect(mine.nodes.size).toBe(4)
  })

  test('lose nothing when they add at once', async () => {
    const mine = await talk('root')
    const root = mine.head
    const writers = await Promise.all([1, 2, 3].map(() => new SessionStore(folder).load(mine.id)))
    await Promise.all(
      writers.flatMap((writer, n) =>
        Array.from({ length: 50 }, (_, at) =>
          writer.append(asked(`${n} ${at} ${'x'.repeat(at * 997)}`), root),
        ),
      ),
    )
    const all = await store.load(mine.id)
    expect(all.nodes.size).toBe(151)
    expect(new Set([...all.nodes.values()].map(({ turn }) => turn.contents)).size).toBe(151)
  })

  test('a torn end of one does not spoil what the other adds', async () => {
    const mine = await talk('one', 'two')
    const size = readFileSync(fileOf(mine)).length
    truncateSync(fileOf(mine), size - 20)
    const theirs = await new SessionStore(folder).load(mine.id)
    await theirs.append(asked('three'), theirs.head)
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    expect(textsOf(await store.load(mine.id))).toEqual(['one', 'three'])
  })
})
