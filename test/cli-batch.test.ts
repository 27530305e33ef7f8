import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { batchText } from 'natter'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchChatAt } from './batch/chats.ts'
import type { BatchServer } from './batch-server.ts'
import { type Outcome, type Start, build, cleanUp, natter } from './cli/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-batch-'))
let files = 0
const newFile = (end: string): string => join(folder, `file-${files++}${end}`)
const env = { KEY: 'sk-secret-secret' }

beforeAll(build, 120_000)
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  cleanUp()
})

function table(...texts: readonly string[]): string {
  const path = newFile('.csv')
  writeFileSync(path, `id,text\n${texts.map((text, n) => `${n},${text}\n`).join('')}`)
  return path
}

const to = ({ url }: BatchServer): readonly string[] => ['--base-url', url, '--api-key-env', 'KEY']
const batch = (args: readonly string[], more: Start = {}): Promise<Outcome> =>
  natter(['batch', ...args], { env, ...more })
const submit = (server: BatchServer, input: string, ...args: readonly string[]): Promise<Outcome> =>
  batch(['submit', input, '-m', 'openai/gpt-4.1', '--prompt', 'say {{text}}', ...to(server), ...args])

test('rows are handed in, asked about, fetched and written in their order', async () => {
  const { server } = await batchChatAt('openai', { polls: 4 })
  const input = table('a', 'b', 'c')
  const state = `${input}.batch.jsonl`
  const first = await submit(server, input, '-s', 'Be brief.', '-p', 'temperature=0')
  expect({ code: first.code, stderr: first.stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(
      /3 of 3 rows are handed in, as batch_1[^]*natter batch status .*natter batch fetch .* --wait/,
    ),
  })
  expect(server.batches[0]!.entries[0]!.body).toMatchObject({ instructions: 'Be brief.', temperature: 0 })
  const status = await batch(['status', state, ...to(server)])
  expect({ code: status.code, stdout: status.stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^batch_1 {2}in_progress {2}0 answered, 0 failed, 3 pending {2}until \d{4}-/,
    ),
  })
  const output = newFile('.csv')
  const early = await batch(['fetch', state, ...to(server), '-o', output])
  expect({ code: early.code, stderr: early.stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('0 of 3 rows are through, and nothing is written yet: --wait waits'),
  })
  expect(existsSync(output)).toBe(false)
  const fetched = await batch(['fetch', state, ...to(server), '-o', output, '--wait'])
  expect({ code: fetched.code, stderr: fetched.stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('3 of 3 rows are answered'),
  })
  expect(readFileSync(output, 'utf8').split('\r\n').slice(0, 3)).toEqual([
    'id,text,answer,error,inputTokens,outputTokens,cost',
    '0,a,re say a,,10,2,0.000018',
    '1,b,re say b,,10,2,0.000018',
  ])
  const again = await batch(['fetch', state, ...to(server), '-o', output])
  expect({ code: again.code, stderr: again.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('pass --force'),
  })
  const printed = await batch(['fetch', state, ...to(server)])
  expect(
    printed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([
    { id: '0', answer: 're say a' },
    { id: '1', answer: 're say b' },
    { id: '2', answer: 're say c', error: null },
  ])
  expect((await submit(server, input, '-s', 'Be brief.', '-p', 'temperature=0')).code).toBe(0)
  expect(server.batches).toHaveLength(1)
  expect(readFileSync(state, 'utf8')).not.toContain('secret')
})

test('data fills columns, failures are told by row, and --retry hands them in once more', async () => {
  let isBroken = true
  const { server } = await batchChatAt('openai', {
    polls: 0,
    answer: (body) =>
      isBroken && JSON.stringify(body).includes('Eve')
        ? { status: 400, message: 'no Eve here' }
        : '{"name":"Ada"}',
  })
  const schema = newFile('.json')
  writeFileSync(
    schema,
    JSON.stringify({ type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }),
  )
  const state = newFile('.jsonl')
  const input = table('Ada', 'Eve')
  await submit(server, input, '--schema', schema, '--state', state)
  rmSync(schema)
  const output = newFile('.tsv')
  const first = await batch(['fetch', state, ...to(server), '-o', output])
  expect({ code: first.code, stderr: first.stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/1 of 2 rows[^]*1 were not, the first one so: .*no Eve here/),
  })
  expect(readFileSync(output, 'utf8')).toContain('no Eve here')
  isBroken = false
  const second = await batch(['fetch', state, ...to(server), '-o', output, '--force', '--retry', '--wait'])
  expect(second.code).toBe(0)
  expect(readFileSync(output, 'utf8')).toMatch(/^id\ttext\tanswer.*\r\n0\tAda.*\tAda.*\r\n1\tEve.*\tAda/)
  expect(server.batches.map(({ entries }) => entries.length)).toEqual([2, 1])
})

test('one that is cancelled keeps what it has', async () => {
  const { server } = await batchChatAt('openai', { polls: 99 })
  const input = table('a', 'b')
  await submit(server, input)
  const state = `${input}.batch.jsonl`
  const { code, stdout } = await batch(['cancel', state, '--json', ...to(server)])
  expect({ code, status: JSON.parse(stdout) as object }).toMatchObject({
    code: 0,
    status: {
      isOver: false,
      pending: 2,
      batches: [{ id: 'batch_1', status: 'cancelling', state: 'running' }],
    },
  })
  const { code: fetched, stdout: rows } = await batch(['fetch', state, ...to(server), '--wait'])
  expect(fetched).toBe(1)
  expect(
    rows
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([{ answer: 're say a' }, { answer: null, error: expect.stringContaining('was cancelled') }])
})

test('the file does not decide where a key goes', async () => {
  const { server } = await batchChatAt('openai')
  const input = table('a')
  await submit(server, input)
  const state = `${input}.batch.jsonl`
  const asked = server.asked.length
  for (const command of ['status', 'fetch', 'cancel']) {
    const { code, stderr } = await batch([command, state, '--api-key-env', 'KEY'], {
      env: { ...env, OPENAI_API_KEY: env.KEY },
    })
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        /openai is reached at https:\/\/api\.openai\.com\/v1, and that is not .*: pass --base-url http:\/\/127\.0\.0\.1:\d+\/v1 if your key may go there/,
      ),
    })
  }
  expect(server.asked).toHaveLength(asked)
})

test('Ctrl-C stops the waiting, and the batch goes on', async () => {
  const { server } = await batchChatAt('openai', { polls: 1 })
  const input = table('a')
  await submit(server, input)
  const state = `${input}.batch.jsonl`
  const asked = server.asked.length
  const waiting = batch(['fetch', state, ...to(server), '--wait'], {
    onStart: (child) => {
      const timer = setInterval(() => {
        if (server.asked.length === asked) return
        clearInterval(timer)
        child.kill('SIGINT')
      }, 5)
    },
  })
  const { code, stderr } = await waiting
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: expect.stringContaining('what was handed in goes on'),
  })
  expect((await batch(['fetch', state, ...to(server), '--wait'])).code).toBe(0)
})

test('what cannot be right is told before anything is asked', async () => {
  const { server } = await batchChatAt('openai')
  const input = table('a', 'b')
  const wrong = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await batch([...args, ...to(server)])
    expect({ code, args }).toEqual({ code: 2, args })
    return stderr
  }
  const how = ['-m', 'openai/gpt-4.1', '--prompt', '{{text}}']
  expect(await wrong('submit', input, '--prompt', 'a')).toContain('--model')
  expect(await wrong('submit', input, '-m', 'openai/gpt-4.1', '--prompt', '{{txt}}')).toContain(
    'there is no "txt"',
  )
  expect(await wrong('submit', join(folder, 'none.csv'), ...how)).toContain('no such file')
  expect(await wrong('submit', input, '-m', 'deepseek/deepseek-chat', '--prompt', 'a')).toContain(
    'DeepSeek answers no batches',
  )
  expect(await wrong('status', join(folder, 'none.jsonl'))).toContain('no such file')
  expect(await wrong('status', input)).toContain('is no file of a batch')
  expect(await wrong('fetch', input, '-o', newFile('.docx'))).toContain('.jsonl, .csv, .tsv or .parquet')
  expect(await wrong('fetch')).toContain('Try natter batch fetch --help')
  expect(server.asked).toEqual([])
  await submit(server, input)
  writeFileSync(input, 'id,text\n0,a\n1,changed\n')
  expect(await wrong('fetch', `${input}.batch.jsonl`)).toContain('prompt 1 is another one than')
  const { server: other, chat } = await batchChatAt('openai')
  const path = newFile('.jsonl')
  await batchText(chat, ['a'], { path, wait: false, progress: false }).all()
  const { code, stderr } = await batch(['fetch', path, ...to(other)])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('is not of natter batch submit'),
  })
  expect((await batch(['status', path, ...to(other)])).stdout).toContain('batch_1')
  expect((await batch(['me', 'a', 'cake'])).stderr).toContain("unknown command 'me'")
})

test('help tells of every command of a batch and of its options', async () => {
  const { code, stdout } = await batch(['--help'])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/submit[^]*status[^]*fetch[^]*cancel[^]*half the price/),
  })
  expect((await batch(['fetch', '--help'])).stdout).toMatch(/--wait[^]*--retry[^]*--adopt[^]*Exit codes/)
})
