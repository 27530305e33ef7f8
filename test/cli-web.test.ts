import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { liveBrowser } from 'natter/web'
import type { SessionView, StateView } from '../src/web/protocol.ts'
import { type Outcome, build, cleanUp, natter } from './cli/command.ts'
import { type Remote, startRemote } from './cli/remote.ts'
import { Visitor, saidIn, scripted } from './web/visitor.ts'

const INDEX = 'dist/web/page/index.html'
const LIMIT = 60_000

const DATA = mkdtempSync(join(tmpdir(), 'natter-data-'))
let remote: Remote

beforeAll(async () => {
  build()
  // The page itself has tests of its own; here any will do.
  if (!existsSync(INDEX)) {
    mkdirSync('dist/web/page', { recursive: true })
    writeFileSync(INDEX, '<!doctype html><title>natter</title>')
  }
  remote = await startRemote()
})
afterAll(() => {
  remote.close()
  cleanUp()
  rmSync(DATA, { recursive: true })
})

/** Runs `natter web` as long as a visit takes, and gives what became of it. */
async function visited(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  visit: (visitor: Visitor, url: string) => Promise<void>,
): Promise<Outcome> {
  let visiting: Promise<void> | undefined
  const end = async (child: ChildProcess, url: string): Promise<void> => {
    try {
      await visit(await Visitor.enter({ url }), url)
    } finally {
      child.kill('SIGINT')
    }
  }
  const outcome = await natter(['web', '--no-open', ...args], {
    env: { NATTER_DATA: DATA, ...env },
    onAside: (child, text) => {
      const url = /(http:\S+) \(Ctrl-C ends it\)/.exec(text)?.[1]
      if (!url || visiting) return
      visiting = end(child, url)
      visiting.catch(() => undefined)
    },
  })
  await visiting
  return outcome
}

describe('without a key', () => {
  test(
    'the built-in model answers in the browser, and the conversation is kept',
    { timeout: LIMIT },
    async () => {
      const { code, stderr } = await visited([], {}, async (visitor) => {
        const { settings, providers } = await visitor.get<StateView>('GET', 'api/state')
        expect(settings.model).toBe('local/natter-tiny')
        expect(providers.find(({ id }) => id === 'huggingface')).toMatchObject({
          isReady: false,
          hint: expect.stringContaining('HF_TOKEN') as string,
        })
        expect(await visitor.get('GET', 'api/models?provider=local')).toMatchObject([{ id: 'natter-tiny' }])
        const { id } = await visitor.begin()
        await visitor.talk(id, { text: 'What can you do?' })
        const [, answer] = (await visitor.view(id)).nodes
        expect(answer?.turn).toMatchObject({
          role: 'assistant',
          finish: 'stop',
          usage: { input: expect.any(Number) as number },
        })
      })
      expect(stderr).toContain('no key found, so the built-in tiny model answers')
      expect(code).toBe(0)
      const folder = join(DATA, 'sessions')
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      expect(readdirSync(folder).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1)
    },
  )
})

describe('with a server', () => {
  const keyed = { SECRET: 'sk-not-to-be-seen' }
  const args = (): readonly string[] => [
    '-m',
    'openai-compatible/served',
    '--base-url',
    remote.url,
    '--api-key-env',
    'SECRET',
  ]

  test('asks it with the key, which is in no answer and no file', { timeout: LIMIT }, async () => {
    const { stderr, stdout } = await visited(
      [...args(), '-s', 'Be terse.', '-p', 'temperature=0'],
      keyed,
      async (visitor) => {
        const { id } = await visitor.begin()
        await visitor.talk(id, { text: 'Hi' })
        await visitor.get('GET', 'api/state')
        const view = await visitor.view(id)
        expect(saidIn(view)).toEqual(['Hi', 'Four words and done.'])
        expect(view.settings).toEqual({
          model: 'openai-compatible/served',
          system: 'Be terse.',
          params: { temperature: 0 },
        })
        expect(remote.requests.at(-1)).toMatchObject({
          headers: { authorization: 'Bearer sk-not-to-be-seen' },
          body: { temperature: 0 },
        })
        expect(visitor.seen.join('')).not.toContain('sk-not')
        const files = readdirSync(join(DATA, 'sessions')).map((name) =>
          readFileSync(join(DATA, 'sessions', name), 'utf8'),
        )
        expect(files.join('')).toContain('Four words and done.')
        expect(files.join('')).not.toContain('sk-not')
      },
    )
    expect(stderr + stdout).not.toContain('sk-not')
  })

  test(
    'a conversation goes on with the model in this process, and says why it cannot with others',
    { timeout: LIMIT },
    async () => {
      await visited([...args(), '--no-history'], keyed, async (visitor) => {
        const { id } = await visitor.begin()
        await visitor.talk(id, { text: 'Hi' })
        const settings = { model: 'local/natter-tiny' }
        const { head } = await visitor.get<SessionView>('PATCH', `api/sessions/${id}`, { settings })
        await visitor.talk(id, { text: 'What can you do?', parent: head })
        expect((await visitor.view(id)).nodes.at(-1)?.turn).toMatchObject({
          provider: 'local',
          finish: 'stop',
        })
        for (const model of ['nobody/x', 'vllm/x']) {
          await visitor.get('PATCH', `api/sessions/${id}`, { settings: { model } })
          const refused = await visitor.send('POST', `api/sessions/${id}/runs`, { text: 'Hi', parent: head })
          expect(refused.status).toBe(400)
          expect(((await refused.json()) as { message: string }).message).toMatch(
            /no provider nobody|needs --base-url/,
          )
        }
        // No key: said when it is asked, with what to do.
        await visitor.get('PATCH', `api/sessions/${id}`, { settings: { model: 'groq/x' } })
        const events = await visitor.talk(id, { text: 'Hi', parent: head })
        expect(events.find(({ type }) => type === 'error')).toMatchObject({
          error: { code: 'no-key', message: expect.stringContaining('GROQ_API_KEY') as string },
        })
      })
    },
  )
})

test('liveBrowser() serves the built page for a chat of a program', async () => {
  await using page = await liveBrowser(scripted(['Hello.']), { open: false, history: false })
  const visitor = await Visitor.enter(page)
  expect((await visitor.get<StateView>('GET', 'api/state')).version).toMatch(/^\d+\.\d+\.\d+/)
  expect(await (await visitor.send('GET', '')).text()).toContain('<!doctype html>')
})

describe('wrong use', () => {
  test.each([
    [['--host', '0.0.0.0'], /--host|pass --token or --password/],
    [['--token', 'short'], /--token must have 16 characters/],
    [['--password', 'short'], /--password must have 8 characters/],
    [['--port', '99999'], /0 to 65535/],
    [['-p', 'temperature=hot'], /temperature/],
  ] as const)('%j is told, and exits with 2', async (args, words) => {
    const { code, stderr } = await natter(['web', '--no-open', '--local', ...args], {
      env: { NATTER_DATA: DATA },
    })
    expect(stderr).toMatch(words)
    expect(code).toBe(2)
  })
})
