import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chatOpenAICompatible } from '../chats-servers.ts'
import { ChatError } from '../core/errors.ts'
import { Secrets } from './cassette-secrets.ts'
import { fakeModel } from './fake-model.ts'
import { record } from './record.ts'
import { replay } from './replay.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-'))
let count = 0
const fresh = (): string => join(folder, 'deep', `${++count}.jsonl`)
const KEY = 'unusual-key-0123456789'
const HUB_KEY = 'hf_abcdefghijklmnop'

const server = createServer((request, response) => {
  if (request.url === '/stream') {
    const pieces = [
      Buffer.from('data: caf\u00e9').subarray(0, 10),
      Buffer.from('\u00e9').subarray(1),
      `\nkey ${KEY.slice(0, 9)}`,
      `${KEY.slice(9)} and ${HUB_KEY}`,
      '\n\n',
    ]
    const next = (): void => {
      const piece = pieces.shift()
      if (piece === undefined) response.end()
      else response.write(piece, () => setTimeout(next, 15))
    }
    next()
  } else if (request.url === '/binary') response.end(Buffer.from([0, 255, 254, 65, 10]))
  else if (request.url === '/lost') request.socket.destroy()
  else if (request.url === '/break')
    response.write('half', () => setTimeout(() => request.socket.destroy(), 20))
  else if (request.url === '/empty') response.writeHead(204).end()
  else {
    response.writeHead(400, {
      'content-type': 'application/json',
      'set-cookie': `sid=${KEY}`,
      'x-request-id': 'r1',
      'x-secret': KEY,
    })
    response.end(
      JSON.stringify({
        error: `bad key ${request.headers.authorization}`,
        url: request.url,
        password: 'hunter2hunter2',
      }),
    )
  }
})
let base = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true })
})

async function piecesOf(response: Response): Promise<readonly Buffer[]> {
  const pieces: Buffer[] = []
  for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece))
  return pieces
}

const authorized = { headers: { authorization: `Bearer ${KEY}` } }

test('a chat is recorded and replayed without the model', async () => {
  const path = fresh()
  const chatWith = (fetch: typeof globalThis.fetch, apiKey: string) =>
    chatOpenAICompatible({ baseUrl: 'http://fake.test/v1', model: 'fake', apiKey, fetch, retries: 0 })
  const script = ['Hi there, you.', { text: 'Now.', usage: { input: 3 } }]
  const recorded = (): typeof globalThis.fetch => record(path, { fetch: fakeModel(script) })
  const turns = []
  for (const fetch of [recorded, () => replay(path)]) {
    const chat = chatWith(fetch(), fetch === recorded ? KEY : 'another-key-altogether')
    const pieces: string[] = []
    for await (const piece of chat.stream('Hello')) pieces.push(piece)
    expect(pieces).toEqual(['Hi ', 'there, ', 'you.'])
    await chat.chat('When?')
    turns.push(chat.turns.map(({ contents }) => contents))
  }
  expect(turns[1]).toEqual(turns[0])
  expect(readFileSync(path, 'utf8')).not.toContain(KEY)
})

test('an exchange is written by the time the chat has its answer', async () => {
  const path = fresh()
  const model = fakeModel(['one two three'])
  const fetch = record(path, { fetch: model })
  const chat = chatOpenAICompatible({ baseUrl: 'http://fake.test/v1', model: 'fake', fetch })
  for await (const _ of chat.stream('Count'));
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
})

test('pieces come as they came, cut inside a character, and keys are gone even where they lie across pieces', async () => {
  const path = fresh()
  const original = await piecesOf(await record(path)(`${base}/stream`, authorized))
  expect(Buffer.concat(original).toString()).toContain(KEY)
  const replayed = await piecesOf(await replay(path)(`${base}/stream`))
  expect(Buffer.concat(replayed).toString()).toBe('data: caf\u00e9\nkey REDACTED and REDACTED\n\n')
  expect(replayed.slice(0, 2)).toEqual(original.slice(0, 2))
  expect(replayed.length).toBe(original.length)
  const tape = readFileSync(path, 'utf8')
  for (const secret of [KEY, HUB_KEY, KEY.slice(0, 9), KEY.slice(9)]) expect(tape).not.toContain(secret)
})

test('no key is left in headers, cookies, addresses or bodies, and other keys match', async () => {
  const path = fresh()
  const ask = (fetch: typeof globalThis.fetch, key: string): Promise<Response> =>
    fetch(`${base}/v1?key=${key}&a=1&max=2`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, cookie: `sid=${key}2` },
      body: JSON.stringify({ api_key: key, b: `${key}2` }),
    })
  const said = await ask(record(path), KEY)
  expect(said.status).toBe(400)
  expect(await said.text()).toContain(KEY)
  const tape = readFileSync(path, 'utf8')
  for (const secret of [KEY, 'hunter2', 'set-cookie', 'sid=', 'x-secret']) expect(tape).not.toContain(secret)
  const again = await ask(replay(path), 'different-key-98765')
  expect(again.headers.get('x-request-id')).toBe('r1')
  expect(await again.json()).toEqual({
    error: 'bad key Bearer REDACTED',
    url: '/v1?key=REDACTED&a=1&max=2',
    password: 'REDACTED',
  })
})

test('bytes that are no text survive, and so does an empty answer', async () => {
  const path = fresh()
  const tape = record(path)
  await (await tape(`${base}/binary`)).arrayBuffer()
  expect((await tape(`${base}/empty`)).status).toBe(204)
  const play = replay(path)
  expect([...new Uint8Array(await (await play(`${base}/binary`)).arrayBuffer())]).toEqual([
    0, 255, 254, 65, 10,
  ])
  expect(readFileSync(path, 'utf8')).toContain('"base64":"AP/+QQo="')
  expect((await play(`${base}/empty`)).status).toBe(204)
})

test('a failed connection and a broken answer fail again in the same way', async () => {
  const path = fresh()
  const tape = record(path)
  await expect(tape(`${base}/lost`)).rejects.toThrow()
  await expect((await tape(`${base}/break`)).text()).rejects.toThrow()
  const play = replay(path)
  await expect(play(`${base}/lost`)).rejects.toMatchObject({
    message: 'fetch failed',
    cause: expect.any(Error) as Error,
  })
  const broken = (await play(`${base}/break`)).body?.getReader()
  expect(Buffer.from((await broken?.read())?.value ?? []).toString()).toBe('half')
  await expect(broken?.read()).rejects.toThrow('terminated')
})

test('an answer that its reader leaves is recorded as far as it was read', async () => {
  const path = fresh()
  const model = fakeModel([{ text: 'one two three', pause: 5 }])
  const chat = chatOpenAICompatible({
    baseUrl: 'http://fake.test/v1',
    model: 'fake',
    fetch: record(path, { fetch: model }),
  })
  for await (const piece of chat.stream('Count')) if (piece === 'one ') break
  const again = chatOpenAICompatible({ baseUrl: 'http://fake.test/v1', model: 'fake', fetch: replay(path) })
  for await (const piece of again.stream('Count')) if (piece === 'one ') break
  expect(again.lastTurn('assistant')?.finish).toBe('aborted')
})

test('the order of JSON members does not matter, that of lists does', async () => {
  const path = fresh()
  const post = (fetch: typeof globalThis.fetch, body: string): Promise<Response> =>
    fetch(`${base}/v1`, { method: 'POST', body })
  await (await post(record(path), '{"a": {"x": 1, "y": [1, 2]}, "b": "t"}')).text()
  expect((await post(replay(path), '{"b":"t","a":{"y":[1,2],"x":1}}')).status).toBe(400)
  await expect(post(replay(path), '{"b":"t","a":{"y":[2,1],"x":1}}')).rejects.toThrow(
    /holds no answer to POST .*\n {2}a\.y\[0\]: 2 was asked, 1 was recorded\n {2}a\.y\[1\]: 1 was asked, 2 was recorded\nRecord it again/,
  )
  await expect(replay(path)(`${base}/v2`)).rejects.toThrow(
    /method: GET was asked, POST was recorded\n.*url: .*v2 was asked/,
  )
})

test('an answer is replayed as often as it was recorded', async () => {
  const path = fresh()
  const tape = record(path, { fetch: fakeModel(['a', 'b']) })
  const ask = async (fetch: typeof globalThis.fetch): Promise<string> => {
    const body = JSON.stringify({ model: 'm', messages: [] })
    return (await fetch('http://fake.test/chat/completions', { method: 'POST', body })).text()
  }
  const said = [await ask(tape), await ask(tape)]
  const play = replay(path)
  expect([await ask(play), await ask(play)]).toEqual(said)
  await expect(ask(play)).rejects.toThrow('holds 2 answers to this POST')
})

test('what was not recorded is not tried again by a chat', async () => {
  const path = fresh()
  record(path)
  const chat = chatOpenAICompatible({ baseUrl: `${base}/v1`, model: 'm', fetch: replay(path), retries: 5 })
  const error: unknown = await chat.chat('Hi').catch((e: unknown) => e)
  expect(ChatError.is(error)).toBe(false)
  expect(String(error)).toContain('it is empty')
})

test('a cassette is never overwritten unless that is asked for', async () => {
  const path = fresh()
  await (await record(path)(`${base}/binary`)).arrayBuffer()
  const before = readFileSync(path, 'utf8')
  expect(() => record(path)).toThrow('exists already')
  expect(readFileSync(path, 'utf8')).toBe(before)
  record(path, { overwrite: true })
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2)
})

test('a cassette that is missing, damaged, foreign or from the future is an error that says so', () => {
  const tape = (text: string): string => {
    const path = join(folder, `${++count}.jsonl`)
    writeFileSync(path, text)
    return path
  }
  const head = '{"cassette":"natter","version":1}\n'
  expect(() => replay(join(folder, 'none.jsonl'))).toThrow('there is no cassette at')
  expect(() => replay(tape('{"hello":1}\n'))).toThrow('is no cassette')
  expect(() => replay(tape(''))).toThrow(SyntaxError)
  expect(() => replay(tape('{"cassette":"natter","version":2}\n'))).toThrow(
    'of version 2, and this natter reads up to 1',
  )
  expect(() => replay(tape(`${head}{"request":{"method":"GET"`))).toThrow('damaged in line 2')
  expect(() =>
    replay(tape(`${head}\n{"request":{"method":"GET","url":"u"},"response":{"status":20,"headers":{}}}`)),
  ).toThrow('line 3')
  expect(() => replay(tape(head))).not.toThrow()
})

test('wherever a secret lies among the pieces, none of it is left and every other byte stays', () => {
  const word = fc.stringMatching(/^[a-z .]{0,6}$/)
  fc.assert(
    fc.property(
      fc.array(fc.oneof(word, fc.constant(KEY), fc.constant(HUB_KEY)), { maxLength: 8 }),
      fc.array(fc.nat(99)),
      (words, cuts) => {
        const text = words.join('|')
        const places = cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b)
        const clean = new Secrets(
          'http://a.test/',
          new Headers({ authorization: `Bearer ${KEY}` }),
        ).withPlaces(text, places)
        expect(clean.text).toBe(text.replaceAll(KEY, 'REDACTED').replaceAll(HUB_KEY, 'REDACTED'))
        expect(clean.places).toHaveLength(places.length)
        expect(clean.places).toEqual(clean.places.toSorted((a, b) => a - b))
        for (const [i, place] of places.entries()) {
          // What stands before a place outside all secrets still stands before it.
          const before = text.slice(0, place).replaceAll(KEY, 'REDACTED').replaceAll(HUB_KEY, 'REDACTED')
          if (clean.text.startsWith(before) && !/unusual|hf_/.test(before))
            expect(clean.places[i]).toBe(before.length)
        }
      },
    ),
  )
})
