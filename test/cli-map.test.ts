import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BIN, HOME, build, cleanUp, natter } from './cli/command.ts'
import { csvLine } from '../src/lib/csv.ts'
import { type Loopback, completion, json, loopback } from './loopback.ts'

// `npm run soak` asks all of them; here there is less time.
const ROWS = Number(process.env['NATTER_SOAK_ROWS'] ?? 300)

const folder = mkdtempSync(join(tmpdir(), 'natter-map-'))
let files = 0
const newFile = (end: string): string => join(folder, `file-${files++}${end}`)

beforeAll(build, 120_000)
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  cleanUp()
})

function table(count: number): string {
  const path = newFile('.csv')
  const rows = Array.from({ length: count }, (_, n) => csvLine([String(n), `say "${n}",\nplease`]))
  writeFileSync(path, csvLine(['id', 'text']) + rows.join(''))
  return path
}

const server = (pause = 0): Promise<Loopback> =>
  loopback(async (reply, { body }) => {
    if (pause > 0) await sleep(pause)
    const prompt = String(body.messages.at(-1)?.content)
    if (prompt.includes('bad')) return json(reply, 400, { error: { message: 'no such thing' } })
    const usage = { prompt_tokens: 5, completion_tokens: 2 }
    return json(reply, 200, completion(prompt.replace('Echo ', ''), { usage }))
  })

const linesOf = (path: string): readonly Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

function start(args: readonly string[]): { readonly child: ChildProcess; readonly heard: () => string } {
  const child = spawn(process.execPath, [BIN, 'map', ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let heard = ''
  child.stderr!.on('data', (text: Buffer) => (heard += text.toString()))
  return { child, heard: () => heard }
}

const answersIn = (path: string): number =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 2 : 0

test(
  `${ROWS} rows asked of the built-in model, killed three times, end with exactly ${ROWS} rows`,
  { timeout: 120_000 + ROWS * 100 },
  async () => {
    const input = table(ROWS)
    const output = newFile('.jsonl')
    const args = [input, '--local', '--prompt', 'Echo {{id}}', '-p', 'maxTokens=8', '-o', output]
    for (let kill = 1; kill <= 3; kill++) {
      const { child } = start(args)
      while (answersIn(`${output}.run.jsonl`) < (ROWS / 5) * kill) await sleep(10)
      child.kill('SIGKILL')
      await once(child, 'exit')
      expect(existsSync(output)).toBe(false)
    }
    const { code, stderr } = await natter(['map', ...args])
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`${ROWS} of ${ROWS} rows`) })
    const rows = linesOf(output)
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: ROWS }, (_, n) => String(n)))
    expect(rows.every(({ answer }) => typeof answer === 'string')).toBe(true)
    // What was under way when it was killed is all that was asked twice.
    expect(answersIn(`${output}.run.jsonl`)).toBeLessThanOrEqual(ROWS + 3)
  },
)

test('Ctrl-C finishes what is under way, writes what there is and says how to go on', async () => {
  const remote = await server(100)
  const output = newFile('.csv')
  const args = [
    table(100),
    '--base-url',
    remote.url,
    '-m',
    'openai-compatible/m',
    '--prompt',
    'Echo {{text}}',
    '-o',
    output,
  ]
  const { child, heard } = start([...args, '--max-active', '5'])
  await remote.arrival(12)
  child.kill('SIGINT')
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(130)
  expect(heard()).toMatch(/finishing the \d under way/)
  expect(heard()).toMatch(/\d+ of 100 rows are answered/)
  expect(heard()).toContain('run the same command again to ask the others')
  const asked = remote.asked.length
  expect(readFileSync(output, 'utf8').match(/please/g)?.length).toBe(2 * asked)
  const again = await natter(['map', ...args])
  expect(again.code).toBe(0)
  expect(remote.asked).toHaveLength(100)
  expect(readFileSync(output, 'utf8').split('\r\n').slice(0, 2)).toEqual([
    'id,text,answer,error,inputTokens,outputTokens,cost',
    '0,"say ""0"",\nplease","say ""0"",\nplease",,5,2,',
  ])
})

test('data fills columns of its own, and a row that fails is told and asked again', async () => {
  const remote = await loopback((reply, { body }) => {
    const name = String(body.messages.find(({ role }) => role === 'user')?.content)
    if (name.includes('Eve') && remote.asked.length < 4)
      return json(reply, 400, { error: { message: 'no Eve here' } })
    return json(reply, 200, completion(JSON.stringify({ name: name.slice(0, 3), age: name.length })))
  })
  const input = newFile('.jsonl')
  writeFileSync(input, '{"who": "Ada L"}\n{"who": "Eve"}\n\n{"who": "Bob", "answer": "taken"}')
  const schema = newFile('.json')
  const properties = { name: { type: 'string' }, age: { type: 'integer' } }
  writeFileSync(schema, JSON.stringify({ type: 'object', properties, required: ['name', 'age'] }))
  const output = newFile('.tsv')
  const how = ['--schema', schema, '-o', output, '--max-active', '1']
  const args = [
    'map',
    input,
    '--base-url',
    remote.url,
    '-m',
    'openai-compatible/m',
    '--prompt',
    '{{who}}',
    ...how,
  ]
  const first = await natter(args)
  expect(first.code).toBe(1)
  expect(first.stderr).toContain('2 of 3 rows are answered')
  expect(first.stderr).toContain('no Eve here')
  const second = await natter(args)
  expect(second.code).toBe(0)
  const [head, ada, eve] = readFileSync(output, 'utf8').split('\r\n')
  expect(head!.split('\t')).toEqual(
    expect.arrayContaining(['who', 'answer', 'answer.name', 'answer.age', 'error']),
  )
  const at = (line: string, name: string): string | undefined =>
    line.split('\t')[head!.split('\t').indexOf(name)]
  expect([at(ada!, 'answer.name'), at(ada!, 'answer.age')]).toEqual(['Ada', '5'])
  expect(at(eve!, 'answer.name')).toBe('Eve')
})

test('what cannot be right is told before anything is asked', async () => {
  const remote = await server()
  const to = ['--base-url', remote.url, '-m', 'openai-compatible/m']
  const wrong = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await natter(['map', ...args, ...to])
    expect(code).toBe(2)
    return stderr
  }
  const input = table(2)
  expect(await wrong(input, '-o', newFile('.jsonl'))).toMatch(/also needs --prompt <template>: see/)
  expect(await wrong()).toMatch(
    /also needs <rows>, --prompt <template>, --output <file>: see natter map --help$/m,
  )
  expect(await wrong(input, '--prompt', '{{txt}}', '-o', newFile('.jsonl'))).toContain(
    'there is no "txt"; the row has id, text',
  )
  expect(await wrong(join(folder, 'none.csv'), '--prompt', 'a', '-o', newFile('.csv'))).toContain(
    'no such file',
  )
  expect(await wrong(input, '--prompt', 'a', '-o', newFile('.docx'))).toContain(
    '.jsonl, .csv, .tsv or .parquet',
  )
  const ragged = newFile('.csv')
  writeFileSync(ragged, 'a,b\n1,2\n3\n')
  expect(await wrong(ragged, '--prompt', '{{a}}', '-o', newFile('.csv'))).toContain(
    'record 3 has 1 fields, and there are 2 columns: a, b',
  )
  const taken = newFile('.csv')
  writeFileSync(taken, 'mine')
  expect(await wrong(input, '--prompt', 'a', '-o', taken)).toContain('is there already')
  expect(readFileSync(taken, 'utf8')).toBe('mine')
  expect(await wrong(input, 'more', '--prompt', 'a', '-o', newFile('.csv'))).toContain('more')
  expect(remote.asked).toHaveLength(0)
})

test('a budget ends it before it is passed', async () => {
  const remote = await server()
  const output = newFile('.jsonl')
  const how = ['--budget-tokens', '40', '-o', output]
  const { code, stderr } = await natter([
    'map',
    table(30),
    '--base-url',
    remote.url,
    '-m',
    'openai-compatible/m',
    '--prompt',
    'Echo {{id}}',
    ...how,
  ])
  expect(code).toBe(1)
  expect(stderr).toContain('The budget of 40 tokens is spent')
  // Seven tokens each, and never more than forty.
  expect(remote.asked).toHaveLength(5)
  expect(linesOf(output)).toHaveLength(5)
})

const PARQUET: string = 'hyparquet-writer'
const hasParquet = await import(PARQUET).then(
  () => true,
  () => false,
)

test.skipIf(hasParquet)('a Parquet file without its package says what to install', async () => {
  const args = ['map', table(1), '--prompt', 'a', '-o', newFile('.parquet')]
  const { code, stderr } = await natter(args)
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('npm install hyparquet-writer'),
  })
})

test.skipIf(!hasParquet)(
  `a Parquet file holds the rows (skipped where ${PARQUET} is not installed)`,
  async () => {
    const remote = await server()
    const output = newFile('.parquet')
    const to = ['--base-url', remote.url, '-m', 'openai-compatible/m']
    const { code } = await natter(['map', table(3), ...to, '--prompt', 'Echo {{text}}', '-o', output])
    expect(code).toBe(0)
    const bytes = readFileSync(output)
    expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', bytes.length - 4)]).toEqual([
      'PAR1',
      'PAR1',
    ])
    expect(bytes.includes('inputTokens')).toBe(true)
  },
)
