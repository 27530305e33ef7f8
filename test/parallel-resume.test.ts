import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  ChatError,
  type ParallelOptions,
  chatOpenAICompatible,
  parallelStructured,
  parallelText,
  t,
} from 'natter'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Loopback, completion, json, loopback } from './loopback.ts'
import { bundled } from './parallel/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-resume-'))
let files = 0
const newFile = (): string => join(folder, `run-${files++}.jsonl`)
const program = join(folder, 'resuming.mjs')

beforeAll(async () => {
  await bundled('test/parallel/resuming.ts', program)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const server = (pause = 0): Promise<Loopback> =>
  loopback(async (reply, { body }) => {
    if (pause > 0) await delay(pause)
    json(reply, 200, completion(`re ${String(body.messages.at(-1)?.content)}`))
  })

const ask = (
  { url }: Loopback,
  prompts: readonly string[],
  resume: string,
  { model = 'm', ...options }: ParallelOptions & { readonly model?: string } = {},
) =>
  parallelText(chatOpenAICompatible({ baseUrl: url, model }), prompts, {
    resume,
    progress: false,
    ...options,
  }).all()

/** What is warned of meanwhile. */
async function warnings(run: () => Promise<unknown>): Promise<readonly string[]> {
  const heard: string[] = []
  const listen = ({ name, message }: Error): void => void (name === 'NatterWarning' && heard.push(message))
  process.on('warning', listen)
  await run()
  await delay(5)
  process.off('warning', listen)
  return heard
}

function start(
  url: string,
  path: string,
  count: number,
): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(process.execPath, [program, url, path, String(count), '8'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', NATTER_CACHE: 'off' },
  })
  let output = ''
  child.stdout!.on('data', (text: Buffer) => (output += text.toString()))
  return { child, output: () => output }
}

test(
  'a run that is killed three times asks nothing twice but what was under way',
  { timeout: 60_000 },
  async () => {
    const path = newFile()
    const remote = await server(10)
    for (let kill = 1; kill <= 3; kill++) {
      const { child } = start(remote.url, path, 300)
      await remote.arrival(kill * 70)
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const { child, output } = start(remote.url, path, 300)
    await once(child, 'close')
    const { values, resumed } = JSON.parse(output()) as { readonly values: number; readonly resumed: number }
    expect(values).toBe(300)
    expect(resumed).toBeGreaterThan(150)
    // Eight at once, three times.
    expect(remote.asked.length).toBeGreaterThanOrEqual(300)
    expect(remote.asked.length).toBeLessThanOrEqual(300 + 3 * 8)
  },
)

test('a rerun asks only what is missing, also of prompts that are the same', async () => {
  const path = newFile()
  const remote = await server()
  await ask(remote, ['a', 'b', 'a'], path)
  expect(remote.asked).toHaveLength(3)
  const all = await ask(remote, ['b', 'a', 'c', 'a', 'a'], path)
  expect(remote.asked).toHaveLength(5)
  expect(all.map(({ value, isResumed }) => [value, isResumed])).toEqual([
    ['re b', true],
    ['re a', true],
    ['re c', false],
    ['re a', true],
    ['re a', false],
  ])
  expect(all[0]!.chat.turns.map(({ role }) => role)).toEqual(['user', 'assistant'])
})

test('data of an earlier run is checked and typed as it was', async () => {
  const path = newFile()
  const remote = await loopback((reply) => json(reply, 200, completion('{"age": 41}')))
  const chat = chatOpenAICompatible({ baseUrl: remote.url, model: 'm' })
  const run = (schema: Parameters<typeof parallelStructured>[2]) =>
    parallelStructured(chat, ['a'], schema, { resume: path, progress: false }).all()
  await run(t.object({ age: t.integer() }))
  const [kept] = await run(t.object({ age: t.integer() }))
  expect(kept).toMatchObject({ value: { age: 41 }, isResumed: true })
  const [other] = await run(t.object({ age: t.number() }))
  expect(other).toMatchObject({ value: { age: 41 }, isResumed: false })
})

test('a torn last line is told, left as it is, and asked again', async () => {
  const path = newFile()
  const remote = await server()
  await ask(remote, ['a', 'b'], path)
  const whole = readFileSync(path, 'utf8')
  const torn = whole.slice(0, -20)
  writeFileSync(path, torn)
  const heard = await warnings(() => ask(remote, ['a', 'b'], path))
  expect(heard.join('\n')).toContain('one line is torn')
  expect(remote.asked).toHaveLength(3)
  expect(readFileSync(path, 'utf8').startsWith(`${torn}\n`)).toBe(true)
  await ask(remote, ['a', 'b'], path)
  expect(remote.asked).toHaveLength(3)
})

test('a changed prompt and a changed model are told, and nothing is lost', async () => {
  const path = newFile()
  const remote = await server()
  await ask(remote, ['a', 'b'], path)
  const before = readFileSync(path, 'utf8')
  const changed = await warnings(() => ask(remote, ['a', 'B'], path))
  expect(changed.join('\n')).toContain('holds one answer to other prompts')
  const moved = await warnings(() => ask(remote, ['a'], path, { model: 'other' }))
  expect(moved.join('\n')).toContain('another model (m, now other)')
  expect(remote.asked).toHaveLength(4)
  expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true)
  await ask(remote, ['a', 'b', 'B'], path)
  expect(remote.asked).toHaveLength(4)
})

test('a failed prompt is asked again, and what it said stays in the file', async () => {
  const path = newFile()
  let isBroken = true
  const remote = await loopback((reply) =>
    isBroken ? json(reply, 400, { error: { message: 'broken' } }) : json(reply, 200, completion('ok')),
  )
  const [failed] = await ask(remote, ['a'], path)
  expect(failed!.error?.message).toContain('broken')
  isBroken = false
  expect((await ask(remote, ['a'], path))[0]!.value).toBe('ok')
  expect(readFileSync(path, 'utf8')).toContain('broken')
})

test('a file that another process holds is left alone', async () => {
  const path = newFile()
  const remote = await server(50)
  const { child } = start(remote.url, path, 500)
  await remote.arrival(5)
  const error = await ask(remote, ['a'], path).catch((caught: unknown) => caught)
  expect(ChatError.is(error, 'busy')).toBe(true)
  expect((error as Error).message).toContain(`is held by process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  // What a dead process held is free.
  expect((await ask(remote, ['a'], path))[0]!.value).toBe('re a')
  const first = parallelText(chatOpenAICompatible({ baseUrl: remote.url, model: 'm' }), ['x'], {
    resume: path,
    progress: false,
  }).all()
  await expect(ask(remote, ['y'], path)).rejects.toThrow(/in use by another run of this program/)
  await first
})

test('a file of something else is not touched', async () => {
  const path = newFile()
  const remote = await server()
  writeFileSync(path, 'name,age\nAda,36\n')
  await expect(ask(remote, ['a'], path)).rejects.toThrow(/is no file of a run, and nothing was written to it/)
  expect(readFileSync(path, 'utf8')).toBe('name,age\nAda,36\n')
  const newer = newFile()
  appendFileSync(newer, '{"format":"natter-run","version":99,"settings":{}}\n')
  await expect(ask(remote, ['a'], newer)).rejects.toThrow(/newer natter/)
  await expect(ask(remote, ['a'], join(folder, 'missing', 'run.jsonl'))).rejects.toThrow(/no such folder/)
  expect(remote.asked).toHaveLength(0)
})

test(
  'a disk without room ends the run with a message, and what is in the file stays',
  { timeout: 30_000 },
  async () => {
    const path = newFile()
    const remote = await server()
    // The shell's own limit on the size of files: writing past it fails as on a full disk.
    const limited = `trap '' XFSZ; ulimit -f 8; exec "$0" "$@"`
    const child = spawn('bash', ['-c', limited, process.execPath, program, remote.url, path, '400', '8'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', NATTER_CACHE: 'off' },
    })
    let output = ''
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    await once(child, 'close')
    const told = JSON.parse(output) as { readonly values: number; readonly stopped: string }
    expect(told.stopped).toMatch(/cannot write .* What is in it is safe/)
    expect(told.values).toBeGreaterThan(5)
    expect(told.values).toBeLessThan(400)
    const asked = remote.asked.length
    const all = await ask(
      remote,
      Array.from({ length: 400 }, (_, n) => `p${n}`),
      path,
    )
    expect(all.every(({ value }) => value !== undefined)).toBe(true)
    expect(remote.asked.length - asked).toBeLessThan(400 - told.values + 30)
  },
)
