import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type BatchOptions, type Chat, batchStructured, batchText, t } from 'natter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchChatAt, chatAt } from './batch/chats.ts'
import type { BatchScript } from './batch/kept.ts'
import type { BatchServer } from './batch-server.ts'
import { json, refusalOf } from './loopback.ts'
import { bundled } from './parallel/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-batch-'))
let files = 0
const newFile = (): string => join(folder, `run-${files++}.jsonl`)
const program = join(folder, 'batching.mjs')
beforeAll(() => bundled('test/batch/batching.ts', program))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ask = (chat: Chat, prompts: readonly string[], path: string, more: Partial<BatchOptions> = {}) =>
  batchText(chat, prompts, { path, progress: false, pollEvery: 2, ...more }).all()

/** What is warned of meanwhile. */
async function warnings(run: () => Promise<unknown>): Promise<string> {
  const heard: string[] = []
  const listen = ({ name, message }: Error): void => void (name === 'NatterWarning' && heard.push(message))
  process.on('warning', listen)
  await run()
  await delay(5)
  process.off('warning', listen)
  return heard.join('\n')
}

describe('a process that is killed', { timeout: 30_000 }, () => {
  const start = (
    { url }: BatchServer,
    path: string,
  ): { readonly child: ChildProcess; readonly output: Promise<string> } => {
    const child = spawn(process.execPath, [program, url, path, '250'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', NATTER_CACHE: 'off' },
    })
    const output = (async () => {
      let text = ''
      for await (const piece of child.stdout!) text += String(piece)
      return text
    })()
    return { child, output }
  }

  /** Kills a process at a moment of its server's, and lets another one go on. */
  async function killedAt(
    script: (kill: () => void, path: string) => NonNullable<BatchScript['before']>,
  ): Promise<{ readonly server: BatchServer; readonly values: number; readonly resumed: number }> {
    let kill = (): void => undefined
    const path = newFile()
    const { server } = await batchChatAt('openai', { before: script(() => kill(), path) })
    const { child } = start(server, path)
    kill = () => void child.kill('SIGKILL')
    await once(child, 'exit')
    const { output } = start(server, path)
    return { server, ...(JSON.parse(await output) as { readonly values: number; readonly resumed: number }) }
  }

  const isHandingIn = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
    method === 'POST' && path === '/v1/batches'

  test('for want of room on the disk, has lost nothing once there is some', async () => {
    const { server } = await batchChatAt('openai')
    const path = newFile()
    // The shell's own limit on the size of files: writing past it fails as on a full disk.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`
    const child = spawn('bash', ['-c', limited, process.execPath, program, server.url, path, '250'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', NATTER_CACHE: 'off' },
    })
    let heard = ''
    for await (const piece of child.stderr) heard += String(piece)
    expect(heard).toMatch(/path: cannot write .* What is in it is safe/)
    const { output } = start(server, path)
    expect(JSON.parse(await output)).toMatchObject({ values: 250 })
    expect(server.batches).toHaveLength(1)
  })

  test('before the batch was taken, has it handed in once by the next one', async () => {
    let isFirst = true
    const { server, values } = await killedAt((kill) => (_, request) => {
      if (!isHandingIn(request) || !isFirst) return false
      isFirst = false
      kill()
      return true
    })
    expect(values).toBe(250)
    expect(server.batches).toHaveLength(1)
  })

  test('after the batch was taken and before it knew, finds it again and pays once', async () => {
    let isFirst = true
    const { server, values } = await killedAt((kill) => (reply, request) => {
      if (!isHandingIn(request) || !isFirst) return false
      isFirst = false
      // It is taken, and the answer never arrives.
      reply.end = (() => reply) as typeof reply.end
      kill()
      return false
    })
    expect(values).toBe(250)
    expect(server.batches).toHaveLength(1)
  })

  test('while it waited, is gone on with', async () => {
    let polls = 0
    const { server, values } = await killedAt((kill) => (_, { method, path }) => {
      if (method !== 'GET' || !path.startsWith('/v1/batches/') || polls++ > 0) return false
      kill()
      return true
    })
    expect(values).toBe(250)
    expect(server.batches).toHaveLength(1)
  })

  test('in the midst of its answers, has those that were kept and fetches the others', async () => {
    let isFirst = true
    const { server, values, resumed } = await killedAt((kill, file) => (reply, { path }) => {
      if (!path.endsWith('/content') || !isFirst) return false
      isFirst = false
      reply.end = ((text: string) => {
        reply.write(`${text.split('\n').slice(0, 150).join('\n')}\n`)
        // The first hundred are written together.
        const timer = setInterval(() => {
          if (!readFileSync(file, 'utf8').includes('"type":"answer"')) return
          clearInterval(timer)
          kill()
        }, 5)
        return reply
      }) as typeof reply.end
      return false
    })
    expect({ values, resumed }).toEqual({ values: 250, resumed: 100 })
    expect(server.batches).toHaveLength(1)
  })
})

describe('a provider that keeps no mark', () => {
  async function lostAt(): Promise<{
    readonly chat: Chat
    readonly server: BatchServer
    readonly path: string
  }> {
    let isFirst = true
    const { chat, server } = await batchChatAt(
      'anthropic',
      {
        before(reply, { path }) {
          if (path !== '/v1/messages/batches' || !isFirst) return false
          isFirst = false
          // It is taken, and the connection is lost before that is told.
          reply.end = (() => {
            reply.destroy()
            return reply
          }) as typeof reply.end
          return false
        },
      },
      { retries: 0 },
    )
    const path = newFile()
    expect(await refusalOf(ask(chat, ['a', 'b'], path))).toMatchObject({ code: 'connection' })
    return { chat, server, path }
  }

  test('is not asked twice: the caller is told to look for the batch, and names it', async () => {
    const { chat, server, path } = await lostAt()
    expect(await refusalOf(ask(chat, ['a', 'b'], path))).toMatchObject({
      code: 'resume',
      message:
        /Anthropic keeps no mark .* Look whether Anthropic lists a batch of that time: pass its id as adopt/,
    })
    expect(await batchText(chat, [], { path }).status()).toMatchObject({
      isOver: false,
      batches: [{ id: undefined, state: 'unknown' }],
    })
    expect(server.batches).toHaveLength(1)
    const found = await ask(chat, ['a', 'b'], path, { adopt: 'batch_1' })
    expect(found.map(({ value }) => value)).toEqual(['re a', 're b'])
    expect(server.batches).toHaveLength(1)
  })

  test('is handed it in again where the caller says that there is none', async () => {
    const { chat, server, path } = await lostAt()
    const results = await ask(chat, ['a', 'b'], path, { adopt: false })
    expect(results.map(({ value, attempts }) => [value, attempts])).toEqual([
      ['re a', 1],
      ['re b', 1],
    ])
    expect(server.batches).toHaveLength(2)
  })

  test('a batch of another size is not taken for the lost one', async () => {
    const { chat, server, path } = await lostAt()
    await ask(chat, ['other'], newFile())
    expect(server.batches).toHaveLength(2)
    await expect(ask(chat, ['a', 'b'], path, { adopt: 'batch_2' })).rejects.toThrow(
      'is of 1 requests, and 2 were handed in',
    )
    const known = newFile()
    await ask(chat, ['a', 'b'], known)
    writeFileSync(
      known,
      readFileSync(known, 'utf8') + readFileSync(path, 'utf8').split('\n').slice(1).join('\n'),
    )
    await expect(ask(chat, ['a', 'b'], known, { adopt: 'batch_3' })).rejects.toThrow(
      'batch_3 is known, and another one',
    )
    await expect(ask(chat, ['x'], newFile(), { adopt: 'batch_2' })).rejects.toThrow('no run was interrupted')
  })

  test('a batch that was refused was not taken, and is handed in again without asking', async () => {
    let isFirst = true
    const { chat, server } = await batchChatAt('anthropic', {
      before(reply) {
        if (!isFirst) return false
        isFirst = false
        json(reply, 400, { error: { type: 'invalid_request_error', message: 'no credit today' } })
        return true
      },
    })
    const path = newFile()
    expect((await refusalOf(ask(chat, ['a'], path))).message).toContain('no credit today')
    expect((await ask(chat, ['a'], path)).map(({ value, attempts }) => [value, attempts])).toEqual([
      ['re a', 1],
    ])
    expect(server.batches).toHaveLength(1)
  })
})

describe('the file', () => {
  test(
    'wherever it is torn, nothing is lost and nothing is paid for twice',
    { timeout: 60_000 },
    async () => {
      const { chat, server } = await batchChatAt('openai', { polls: 0 })
      const path = newFile()
      const prompts = ['a', 'b', 'c', 'd']
      await ask(chat, prompts, path)
      const whole = readFileSync(path, 'utf8')
      const handedIn = whole.indexOf('\n', whole.indexOf('"type":"submitting"'))
      for (let cut = 0; cut <= whole.length; cut += cut % 7 === 0 ? 29 : 31) {
        const torn = newFile()
        writeFileSync(torn, whole.slice(0, cut))
        const before = server.batches.length
        const results = await ask(chat, prompts, torn)
        expect(
          results.map(({ value }) => value),
          `cut at ${cut}`,
        ).toEqual(['re a', 're b', 're c', 're d'])
        expect(server.batches.length - before, `cut at ${cut}`).toBe(cut > handedIn ? 0 : 1)
        expect(readFileSync(torn, 'utf8').startsWith(whole.slice(0, cut))).toBe(true)
        expect(
          (await ask(chat, prompts, torn)).every(({ isResumed }) => isResumed),
          `cut at ${cut}`,
        ).toBe(true)
      }
    },
  )

  test('more prompts may be added behind, and others are refused before anything is asked', async () => {
    const { chat, server } = await batchChatAt('openai')
    const path = newFile()
    await ask(chat, ['a', 'a'], path)
    const more = await ask(chat, ['a', 'a', 'b'], path)
    expect(more.map(({ value, isResumed }) => [value, isResumed])).toEqual([
      ['re a', true],
      ['re a', true],
      ['re b', false],
    ])
    expect(server.batches.map(({ entries }) => entries.length)).toEqual([2, 1])
    const before = readFileSync(path, 'utf8')
    const asked = server.asked.length
    const wrong = (prompts: readonly string[], other = chat): Promise<unknown> => ask(other, prompts, path)
    await expect(wrong(['a', 'c', 'b'])).rejects.toThrow(/prompt 1 is another one than .* says was handed in/)
    await expect(wrong(['a', 'a'])).rejects.toThrow('is of 3 prompts, and here are 2')
    await expect(wrong(['a', 'a', 'b'], chatAt('openai', server, { model: 'gpt-5' }))).rejects.toThrow(
      'was handed in with another model (gpt-4.1, now gpt-5)',
    )
    await expect(
      wrong(['a', 'a', 'b'], chatAt('openai', server, { systemPrompt: 'Be brief.' })),
    ).rejects.toThrow('another system prompt')
    await expect(batchStructured(chat, ['a'], t.object({ a: t.string() }), { path }).all()).rejects.toThrow(
      'another schema',
    )
    const elsewhere = await batchChatAt('openai')
    await expect(wrong(['a', 'a', 'b'], elsewhere.chat)).rejects.toThrow('another provider')
    await expect(batchText(elsewhere.chat, [], { path }).status()).rejects.toThrow(
      /is of batches at openai .*, and not at/,
    )
    expect(server.asked).toHaveLength(asked)
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  test('one that is held by another run is left alone, but may be asked about', async () => {
    const { chat } = await batchChatAt('openai', { polls: 30 })
    const path = newFile()
    const running = ask(chat, ['a'], path)
    await delay(30)
    expect(await refusalOf(ask(chat, ['a'], path))).toMatchObject({ code: 'busy' })
    const run = batchText(chat, ['a'], { path })
    expect(await run.status()).toMatchObject({ pending: 1, isOver: false })
    expect(await run.cancel()).toMatchObject({ batches: [{ id: 'batch_1', status: 'cancelling' }] })
    expect((await running)[0]).toMatchObject({ value: 're a' })
  })

  test('one of something else, of a newer natter, or that is not there is told', async () => {
    const { chat, server } = await batchChatAt('openai')
    const other = newFile()
    writeFileSync(other, 'id,text\n1,a\n')
    await expect(ask(chat, ['a'], other)).rejects.toThrow(
      'is no file of a batch, and nothing was written to it',
    )
    expect(readFileSync(other, 'utf8')).toBe('id,text\n1,a\n')
    const newer = newFile()
    writeFileSync(newer, '{"format":"natter-batch","version":2,"settings":{}}\n')
    await expect(ask(chat, ['a'], newer)).rejects.toThrow('update natter')
    const none = newFile()
    expect((await refusalOf(batchText(chat, [], { path: none }).status())).message).toContain('no such file')
    expect((await refusalOf(ask(chat, ['a'], join(folder, 'none', 'a.jsonl')))).code).toBe('resume')
    expect(server.asked).toEqual([])
  })

  test('lines that it does not know are left as they are', async () => {
    const { chat, server } = await batchChatAt('openai')
    const path = newFile()
    await ask(chat, ['a'], path)
    appendFileSync(path, '{"type":"note","mark":"x","text":"mine"}\n[1]\nnull\n')
    expect((await ask(chat, ['a'], path)).map(({ value }) => value)).toEqual(['re a'])
    expect(server.batches).toHaveLength(1)
  })
})

describe('waiting', () => {
  test('outlasts a server that fails for a while, and says so once', async () => {
    let failed = 0
    const { chat } = await batchChatAt(
      'openai',
      {
        polls: 2,
        before(reply, { method }) {
          if (method !== 'GET' || failed >= 6) return false
          failed++
          if (failed % 2 === 0) reply.destroy()
          else json(reply, 503, { error: { message: 'down for repairs' } })
          return true
        },
      },
      { retries: 0 },
    )
    let results: Awaited<ReturnType<typeof ask>> = []
    const heard = await warnings(async () => (results = await ask(chat, ['a'], newFile())))
    expect(results.map(({ value }) => value)).toEqual(['re a'])
    expect(heard.match(/asked again until/g)).toHaveLength(1)
    expect(failed).toBe(6)
  })

  test('ends where a key is no longer good, and can be gone on with', async () => {
    let isRevoked = true
    const { chat } = await batchChatAt('openai', {
      before(reply, { method }) {
        if (method !== 'GET' || !isRevoked) return false
        json(reply, 401, { error: { message: 'revoked' } })
        return true
      },
    })
    const path = newFile()
    expect(await refusalOf(ask(chat, ['a'], path))).toMatchObject({ code: 'unauthorized' })
    isRevoked = false
    expect((await ask(chat, ['a'], path)).map(({ value }) => value)).toEqual(['re a'])
  })

  test('is stopped at once by its signal, and the batch goes on', async () => {
    const { chat, server } = await batchChatAt('openai', { polls: 1 })
    const path = newFile()
    const stop = new AbortController()
    const waiting = ask(chat, ['a'], path, { signal: stop.signal, pollEvery: 1e6 })
    while (server.asked.length < 3) await delay(2)
    const began = performance.now()
    stop.abort()
    expect(await refusalOf(waiting)).toMatchObject({ code: 'aborted', message: /what was handed in goes on/ })
    expect(performance.now() - began).toBeLessThan(500)
    expect(server.batches[0]!.state).toBe('running')
    expect((await ask(chat, ['a'], path)).map(({ value }) => value)).toEqual(['re a'])
    expect(server.batches).toHaveLength(1)
  })

  test('answers that can never be read whole do not make it wait for ever', async () => {
    const { chat } = await batchChatAt('openai', {
      before(reply, { path }) {
        if (!path.endsWith('/content')) return false
        const body = {
          output: [{ type: 'message', content: [{ type: 'output_text', text: 'ok' }] }],
          status: 'completed',
        }
        reply.end(
          `{"custom_id":"p1","response":{"status_code":200,"body":${JSON.stringify(body)}}}\n{"custom_id": torn\n`,
        )
        return true
      },
    })
    const heard = await warnings(async () => {
      expect(await ask(chat, ['a', 'b'], newFile())).toMatchObject([
        { error: { code: 'bad-reply', message: /no answer to this prompt/ } },
        { value: 'ok' },
      ])
    })
    expect(heard).toContain('told of 1 of the answers in a way that cannot be read')
  })

  test('how far it is is told as the provider tells it', async () => {
    const { chat } = await batchChatAt('openai', { polls: 3 })
    const told: (readonly [number, number | undefined])[] = []
    await ask(chat, ['a', 'b'], newFile(), { progress: ({ done, total }) => void told.push([done, total]) })
    expect(told[0]).toEqual([0, 2])
    expect(told.at(-1)).toEqual([2, 2])
    for (const [n, [done, total]] of told.entries()) {
      expect(total).toBe(2)
      expect(done).toBeGreaterThanOrEqual(told[n - 1]?.[0] ?? 0)
      expect(done).toBeLessThanOrEqual(2)
    }
  })
})

test(
  '5,001 prompts where a batch may have 5,000 go out as two, and come back in order',
  { timeout: 60_000 },
  async () => {
    const { chat, server } = await batchChatAt('openrouter', { polls: 0 })
    const prompts = Array.from({ length: 5001 }, (_, n) => `number ${n}`)
    const path = newFile()
    const before = process.memoryUsage().heapUsed
    let count = 0
    const run = batchText(
      chat,
      (function* () {
        yield* prompts
      })(),
      { path, progress: false, pollEvery: 2 },
    )
    for await (const { value, index } of run) {
      expect(value).toBe(`re number ${index}`)
      count++
    }
    expect(count).toBe(5001)
    expect(server.batches.map(({ entries }) => entries.length)).toEqual([5000, 1])
    expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(400)
    let at = 0
    for await (const { index, isResumed } of batchText(chat, prompts, { path, progress: false })) {
      expect([index, isResumed]).toEqual([at++, true])
    }
    expect(at).toBe(5001)
  },
)
