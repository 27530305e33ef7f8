import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOME, type Outcome, type Start, build, cleanUp, natter } from './cli/command.ts'
import { type Remote, startRemote } from './cli/remote.ts'

let remote: Remote
let project: string
let home: string

beforeAll(async () => {
  build()
  remote = await startRemote()
}, 120_000)
beforeEach(() => {
  project = mkdtempSync(join(HOME, 'project-'))
  home = mkdtempSync(join(HOME, 'home-'))
})
afterEach(() => remote.reset())
afterAll(() => {
  remote.close()
  cleanUp()
})

const run = (args: readonly string[], { env = {}, ...start }: Start = {}): Promise<Outcome> =>
  natter(args, { cwd: project, ...start, env: { HOME: home, HF_TOKEN: 'hf_secret', ...env } })
const ask = (args: readonly string[], start?: Start): Promise<Outcome> =>
  run(['--base-url', remote.url, '-m', 'org/model', ...args], start)
const write = (name: string, config: object | string, folder = project): string => {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, name)
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config))
  return path
}
const user = (config: object): string => write('natter.config.json', config, join(home, '.config/natter'))
const body = (): object => remote.requests.at(-1)?.body ?? {}

test('system prompt and parameters come from the command line, then the project, then the user', async () => {
  user({ system: 'By the user.', params: { temperature: 0.1, seed: 1, topP: 0.5 } })
  write('natter.config.json', { system: 'By the project.', params: { seed: 2, topP: 0.6 } })
  await ask(['-p', 'topP=0.7', 'Hello'])
  expect(body()).toMatchObject({ temperature: 0.1, seed: 2, top_p: 0.7 })
  expect(JSON.stringify(body())).toContain('By the project.')
  await ask(['-s', 'By hand.', 'Hello'])
  expect(JSON.stringify(body())).toContain('By hand.')
  await ask(['--no-config', 'Hello'])
  expect(body()).not.toHaveProperty('seed')
})

test('a project is found from below, as far as its repository goes', async () => {
  const deep = join(project, 'src', 'deep')
  mkdirSync(join(project, '.git'))
  mkdirSync(deep, { recursive: true })
  write('natter.config.json', { system: 'By the project.' })
  await ask(['Hello'], { cwd: deep })
  expect(JSON.stringify(body())).toContain('By the project.')
  mkdirSync(join(project, 'src', '.git'))
  await ask(['Hello'], { cwd: deep })
  expect(JSON.stringify(body())).not.toContain('By the project.')
})

test('the model comes from the environment before the project, and from neither in a conversation that goes on', async () => {
  const env = { LMSTUDIO_BASE_URL: remote.url }
  user({ model: 'lmstudio/user' })
  write('natter.config.json', { model: 'lmstudio/project' })
  await run(['Hello'], { env })
  expect(body()).toMatchObject({ model: 'project' })
  await run(['Hello'], { env: { ...env, NATTER_MODEL: 'lmstudio/env' } })
  expect(body()).toMatchObject({ model: 'env' })
  write('natter.config.json', { model: 'lmstudio/project', system: 'Never.' })
  await run(['-c', 'Go on'], { env: { ...env, NATTER_MODEL: 'lmstudio/other' } })
  expect(body()).toMatchObject({ model: 'env', messages: [{ content: 'Hello' }, {}, { content: 'Go on' }] })
})

test('--config names another file than the project has', async () => {
  write('natter.config.json', { system: 'By the project.' })
  write('other.json', { system: 'By another.' })
  await ask(['--config', 'other.json', 'Hello'])
  expect(JSON.stringify(body())).toContain('By another.')
  expect(await ask(['--config', 'gone.json', 'Hello'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('gone.json cannot be read') as string,
  })
})

test('an alias stands for a model, in commands that ask for many as well', async () => {
  user({ aliases: { big: 'org/big-model' } })
  await run(['--base-url', remote.url, '-m', 'big', 'Hello'])
  write('rows.csv', 'text\none\n')
  const map = [
    'map',
    'rows.csv',
    '--prompt',
    '{{text}}',
    '-o',
    'out.jsonl',
    '-m',
    'big',
    '--base-url',
    remote.url,
  ]
  expect(await run(map)).toMatchObject({ code: 0 })
  const models = remote.requests.flatMap(({ body: { model } }) => model ?? [])
  expect(models).toEqual(['org/big-model', 'org/big-model'])
})

test('a template is filled with words, a file, and what is piped in', async () => {
  write('natter.config.json', {
    templates: {
      review: { prompt: 'Review this:\n{{file}}', system: 'Be strict.', description: 'reads code' },
      commit: 'A message for {{input}}',
    },
  })
  write('code.ts', 'let x = 1\n')
  await ask(['-t', 'review', 'code.ts'])
  expect(JSON.stringify(body())).toContain(String.raw`Review this:\nlet x = 1`)
  expect(JSON.stringify(body())).toContain('Be strict.')
  await ask(['-t', 'commit'], { stdin: 'diff a b' })
  expect(JSON.stringify(body())).toContain('A message for diff a b')
  const count = remote.requests.length
  const wrong = [
    [['-t', 'reviw', 'code.ts'], 'there is no template reviw; there is review, commit'],
    [['-t', 'review'], 'the template review takes a file: natter -t review file.txt'],
    [['-t', 'review', 'gone.ts'], 'gone.ts cannot be read'],
  ] as const
  for (const [args, message] of wrong)
    expect(await ask(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as string })
  expect(remote.requests).toHaveLength(count)
  const { stdout } = await run(['templates'])
  expect(stdout).toMatch(/review\s+project\s+reads code/)
})

test('a template that names nothing stands between what is piped in and the words', async () => {
  user({ templates: { brief: 'Be brief.', both: '{{files}}', broken: '{{nothing}}' } })
  await ask(['-t', 'brief', 'Say', 'hello'], { stdin: 'A letter' })
  expect(body()).toMatchObject({ messages: [{ content: 'A letter\n\nBe brief.\n\nSay hello' }] })
  write('a.txt', 'one\n')
  write('b.txt', 'two')
  await ask(['-t', 'both', 'a.txt', 'b.txt'])
  expect(body()).toMatchObject({ messages: [{ content: 'a.txt:\none\n\nb.txt:\ntwo' }] })
  expect(await ask(['-t', 'broken', 'gone.txt'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the template broken: {{nothing}}: there is no "nothing"') as string,
  })
})

test.each([
  [{ modle: 'x' }, 'there is no modle; did you mean model?'],
  [{ colour: 'x' }, 'there is no colour; it may have model, system, params'],
  [{ aliases: { fast: 1 } }, 'aliases.fast must be a model: got 1'],
  [{ templates: { a: { promt: '' } } }, 'did you mean templates.a.prompt?'],
  [{ params: { temperature: 'hot' } }, 'params: '],
  [{ templates: { a: { prompt: 7 } } }, 'templates.a.prompt must be a text: got 7'],
  ['{', 'cannot be read'],
])('%j is told of by file and key', async (config, message) => {
  const path = write('natter.config.json', config)
  const { code, stderr } = await ask(['Hello'])
  expect(code).toBe(2)
  expect(stderr).toContain(path)
  expect(stderr).toContain(message)
  expect(remote.requests).toEqual([])
})

test('the program of a project runs only once it was trusted, and no more when it has changed', async () => {
  const program = (word: string): string =>
    `import { defineConfig, t, tool } from 'natter'
const words = tool({ name: 'words', description: 'Counts', input: t.object({ text: t.string() }), run: ({ text }: { text: string }) => text.length })
export default defineConfig({ system: '${word}', tools: [words] })\n`
  const path = write('natter.config.ts', program('Run.'))
  expect((await ask(['Hello'])).stderr).toContain(`${path} is a program, and not run`)
  expect(JSON.stringify(body())).not.toContain('Run.')
  expect((await run(['config', '--trust'])).code).toBe(0)
  await ask(['Hello'])
  expect(JSON.stringify(body())).toContain('Run.')
  expect(body()).toMatchObject({ tools: [{ function: { name: 'words' } }] })
  write('natter.config.ts', program('Changed.'))
  await ask(['Hello'])
  expect(JSON.stringify(body())).not.toContain('Changed.')
})

test("the user's program runs unasked, and one that fails is told of", async () => {
  const folder = join(home, '.config/natter')
  write('natter.config.mjs', "export default { system: 'By a program.' }", folder)
  expect((await ask(['Hello'])).stderr).toBe('')
  expect(JSON.stringify(body())).toContain('By a program.')
  const path = write('natter.config.mjs', "throw new Error('no such luck')", folder)
  expect(await ask(['Hello'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`${path} cannot be read: no such luck`) as string,
  })
})

test('natter config tells what holds and which file says it, and no key', async () => {
  const path = user({ model: 'groq/llama-3.1-8b-instant', params: { seed: 3, apiKey: 'sk-secret' } })
  const { stdout, code } = await run(['config'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/model\s+\S+\s+groq\/llama-3\.1-8b-instant/)
  expect(stdout).toContain(path)
  expect(stdout).not.toContain('sk-secret')
  expect(JSON.parse((await run(['config', '--json'])).stdout)).toMatchObject({
    files: [{ path, origin: 'user' }],
  })
})
