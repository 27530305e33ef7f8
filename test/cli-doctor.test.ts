import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Start, build, cleanUp, natter } from './cli/command.ts'
import { type Loopback, json as reply, loopback } from './loopback.ts'
import type { AccountOptions } from './router/account.ts'
import { behaviour, modelWith, willing } from './router/backends.ts'
import { type HuggingFace, startHuggingFace } from './router/hugging-face.ts'
import type { Model } from './router/model.ts'

const TOKEN = 'hf_bench_of_doctor'
const WEAK = 'hf_weak_bench_token'
const DEFAULT = 'meta-llama/Llama-3.1-8B-Instruct'
const deaf = behaviour('ignores-tools')
const NEARLY = modelWith(willing, { id: 'org/nearly', backends: { groq: willing, novita: willing } })
const MODELS: readonly Model[] = [
  modelWith(willing, { id: DEFAULT, backends: { groq: willing, novita: deaf } }),
  modelWith(deaf, { id: 'org/deaf', backends: { novita: deaf } }),
  { ...modelWith(willing, { id: 'org/gated' }), gated: 'manual' },
  { ...modelWith(willing, { id: 'org/granted' }), gated: 'auto' },
  { ...modelWith(willing, { id: 'org/locked' }), gated: 'manual', locked: true },
  { ...NEARLY, backends: NEARLY.backends.map((one, n) => ({ ...one, status: n === 0 ? 'error' : 'live' })) },
  {
    ...modelWith(willing, { id: 'org/gone' }),
    backends: [{ provider: 'novita', behaviour: willing, status: 'error' }],
  },
  modelWith(behaviour('server-error'), { id: 'org/broken' }),
]
const ACCOUNT: AccountOptions = {
  tokens: { [TOKEN]: { inference: true }, [WEAK]: { inference: false } },
  organizations: ['engines'],
  access: ['org/granted'],
}

let hf: HuggingFace
let home: string
beforeAll(async () => {
  build()
  hf = await startHuggingFace({ models: MODELS, account: ACCOUNT })
}, 120_000)
beforeEach(() => {
  hf.reset()
  home = mkdtempSync(join(tmpdir(), 'natter-doctor-'))
  return () => rmSync(home, { recursive: true, force: true })
})
afterAll(cleanUp)

interface Outcome {
  readonly code: number | null
  readonly checks: Readonly<Record<string, { readonly status: string; message: string; fix: string | null }>>
}

/** Runs the command with a home and a cache of its own; whatever it prints holds no token. */
async function run(args: readonly string[] = [], { env = {}, ...start }: Start = {}) {
  const outcome = await natter(['doctor', ...args], {
    ...start,
    env: {
      HOME: home,
      NATTER_CACHE: join(home, 'cache'),
      HF_ENDPOINT: hf.hubUrl,
      HF_TOKEN: TOKEN,
      ...env,
    },
  })
  for (const secret of [TOKEN, WEAK]) expect(outcome.stdout + outcome.stderr).not.toContain(secret)
  return outcome
}

/** The checks by name, as --json has them. */
async function checksOf(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  baseUrl = hf.url,
): Promise<Outcome> {
  const { code, stdout, stderr } = await run(['--json', '--base-url', baseUrl, ...args], { env })
  expect(stderr).toBe('')
  expect(stdout.trim().split('\n')).toHaveLength(1)
  const { ok, checks } = JSON.parse(stdout) as {
    readonly ok: boolean
    readonly checks: readonly { name: string; status: string; message: string; fix: string | null }[]
  }
  expect(ok).toBe(code === 0)
  expect(checks.some(({ status }) => status === 'fail')).toBe(!ok)
  return { code, checks: Object.fromEntries(checks.map(({ name, ...rest }) => [name, rest])) }
}

test('says of each thing whether it is well, and spends nothing', async () => {
  const { code, stdout, stderr } = await run(['--base-url', hf.url])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const line of [
    /^ok {4}node {10}\d+\.\d+\.\d+$/m,
    /^ok {4}natter {8}\d+\.\d+\.\d+$/m,
    /^ok {4}proxy {9}none$/m,
    /^ok {4}cache {9}.*cache$/m,
    /^ok {4}learned {7}nothing yet$/m,
    /^ok {4}token {9}found in HF_TOKEN$/m,
    /^ok {4}account {7}ada, free plan, member of engines, no means of payment$/m,
    /^ok {4}permission {4}the token may call Inference Providers$/m,
    /^ok {4}credits {7}\$0\.02 used of \$0\.10 \(\$0\.10 are included\), until 2026-02-01$/m,
    /^skip {2}inference {5}nothing was asked of the model\n {20}→ natter doctor --spend asks for one token$/m,
    /^ok {4}model {9}meta-llama\/Llama-3\.1-8B-Instruct is live at 2 of 2, tools at 1, structured data at 2, pictures are seen$/m,
    /^ok {4}at groq {7}live, tools, structured data, 131k tokens, \$0\.50\/\$1\.00, 200 ms$/m,
    /^ok {4}at novita {5}live, no tools, structured data/m,
    /^ok {4}access {8}meta-llama\/Llama-3\.1-8B-Instruct is open to everybody$/m,
    /^ok {4}clock {9}is the Hub's$/m,
  ])
    expect(stdout).toMatch(line)
  expect(hf.chats()).toEqual([])
})

test('--spend asks for one token, and says who answered and for how much', async () => {
  const { code, checks } = await checksOf(['--spend'])
  expect(code).toBe(0)
  expect(checks['inference']).toMatchObject({
    status: 'ok',
    message: expect.stringMatching(/^groq answered a request for one token, for \$0\.0/) as string,
  })
  expect(hf.chats().map(({ body }) => body)).toMatchObject([{ model: DEFAULT, max_tokens: 1 }])
})

test('--spend that is refused fails', async () => {
  const { code, checks } = await checksOf(['--spend', '--model', 'org/broken'])
  expect(code).toBe(1)
  expect(checks['inference']).toMatchObject({ status: 'fail' })
  expect(hf.chats()).toHaveLength(1)
})

describe('the token', () => {
  test('that is not there fails, and all that needs one is skipped', async () => {
    const { code, checks } = await checksOf([], { HF_TOKEN: '' })
    expect(code).toBe(1)
    expect(checks['token']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('HUGGING_FACE_HUB_TOKEN') as string,
      fix: 'natter login, or set HF_TOKEN',
    })
    for (const name of ['account', 'permission', 'credits'])
      expect(checks[name]).toMatchObject({ status: 'skip' })
    expect(checks['model']).toMatchObject({ status: 'ok' })
  })

  test('that the Hub does not know fails', async () => {
    const { code, checks } = await checksOf([], { HF_TOKEN: 'hf_unknown_token' })
    expect(code).toBe(1)
    expect(checks['account']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('sign in again with `natter login`') as string,
    })
    expect(checks['credits']).toMatchObject({ status: 'skip' })
  })

  test('without the permission to call inference fails, with the page to make one', async () => {
    const { code, checks } = await checksOf([], { HF_TOKEN: WEAK })
    expect(code).toBe(1)
    expect(checks['permission']).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('https://huggingface.co/settings/tokens/new') as string,
    })
  })

  test('that cannot be one fails', async () => {
    const { code, checks } = await checksOf([], { HF_TOKEN: 'hf_ two words' })
    expect(code).toBe(1)
    expect(checks['token']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('a character no key has') as string,
    })
  })

  test('is found in its file, and not sent to another host', async () => {
    mkdirSync(join(home, '.cache', 'huggingface'), { recursive: true })
    writeFileSync(join(home, '.cache', 'huggingface', 'token'), TOKEN)
    const { code, checks } = await checksOf([], { HF_TOKEN: '', HF_ENDPOINT: 'http://hub.invalid' })
    expect(code).toBe(0)
    expect(checks['token']).toMatchObject({ status: 'ok', message: 'found in a token file' })
    expect(checks['account']).toMatchObject({
      status: 'skip',
      message: 'the token is not sent to HF_ENDPOINT, http://hub.invalid',
    })
  })
})

test.each([
  [{ usedNanoUsd: 95_000_000 }, 'warn', 0],
  [{ usedNanoUsd: 100_000_000 }, 'fail', 1],
  [{ usedNanoUsd: 5_000_000_000, canPay: true }, 'ok', 0],
])('credits of which %j are used are %s', async (account, status, exit) => {
  const spent = await startHuggingFace({ models: MODELS, account: { ...ACCOUNT, ...account } })
  const { code, checks } = await checksOf([], { HF_ENDPOINT: spent.hubUrl }, spent.url)
  expect(checks['credits']).toMatchObject({ status })
  expect(checks['credits']?.fix ?? '').toMatch(status === 'ok' ? /^$/ : /settings\/billing/)
  expect(code).toBe(exit)
})

describe('the model', () => {
  test.each([
    ['org/deaf', 'warn', /tools at 0/, 'natter models --tools lists models that take tools', 0],
    ['org/nearly', 'ok', /is live at 1 of 2/, null, 0],
    ['org/nearly:groq', 'fail', /no live backend of that name: groq/, 'or write :novita', 1],
    ['org/gone', 'fail', /has no live backend$/, 'may do instead', 1],
    ['org/daef', 'fail', /the catalogue does not list it/, 'did you mean org/deaf', 1],
    ['huggingface/org/deaf', 'warn', /^org\/deaf is live/, 'natter models --tools', 0],
  ])('%s is %s', async (model, status, message, fix, exit) => {
    const { code, checks } = await checksOf(['--model', model])
    expect(checks['model']).toMatchObject({
      status,
      message: expect.stringMatching(message) as string,
      fix: fix === null ? null : (expect.stringContaining(fix) as string),
    })
    expect(code).toBe(exit)
  })

  test('has a line for each backend, with a warning for those that are down', async () => {
    const { checks } = await checksOf(['--model', 'org/nearly'])
    expect(checks['at groq']).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/^error/) as string,
    })
    expect(checks['at novita']).toMatchObject({ status: 'ok' })
  })

  test.each([
    ['org/gated', 'warn', 'ask for access at https://huggingface.co/org/gated'],
    ['org/locked', 'warn', 'ask for access at https://huggingface.co/org/locked'],
    ['org/granted', 'ok', null],
    ['org/nobody-has', 'warn', null],
  ])('%s has access that is %s', async (model, status, fix) => {
    const { checks } = await checksOf(['--model', model])
    expect(checks['access']).toMatchObject({ status, fix })
  })
})

describe('this machine', () => {
  test('has a proxy, whose password is not shown', async () => {
    const proxies = { HTTP_PROXY: 'http://ada:sesame@127.0.0.1:9' }
    const { code, checks } = await checksOf([], proxies, 'http://router.invalid/v1')
    expect(checks['proxy']).toMatchObject({ status: 'ok', message: 'requests go through 127.0.0.1:9' })
    expect(JSON.stringify(checks)).not.toContain('sesame')
    expect(code).toBe(0)
  })

  test('has a proxy that is none', async () => {
    const proxies = { ALL_PROXY: 'socks5://127.0.0.1:9' }
    const { code, checks } = await checksOf([], proxies, 'http://router.invalid/v1')
    expect(checks['proxy']).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('NO_PROXY') as string,
    })
    expect(code).toBe(1)
  })

  test('has a cache that is off', async () => {
    expect((await checksOf([], { NATTER_CACHE: 'off' })).checks['cache']).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^off/) as string,
    })
  })

  test('tells how much was learned, and the age of the oldest', async () => {
    const at = Date.now() - 3 * 24 * 60 * 60_000
    const row = (age: number): object => ({ at: age, capabilities: { system: 'fold' } })
    mkdirSync(join(home, 'cache'))
    writeFileSync(
      join(home, 'cache', 'learned.json'),
      JSON.stringify({
        at,
        value: { 'http://x/v1 org/a:groq': row(at), 'http://x/v1 org/b': row(Date.now()) },
      }),
    )
    expect((await checksOf()).checks['learned']).toMatchObject({
      message: 'of 2 models at a backend or anywhere, the oldest 3 days ago; natter forget clears it',
    })
  })

  test('has a clock that is not the Hub’s', async () => {
    const late = await loopback((response) => {
      response.setHeader('date', new Date(Date.now() - 62 * 60_000).toUTCString())
      return reply(response, 200, { id: DEFAULT, gated: false })
    })
    const { code, checks } = await checksOf([], { HF_ENDPOINT: late.origin })
    expect(checks['clock']).toMatchObject({ status: 'warn', message: "is 62 minutes ahead of the Hub's" })
    expect(code).toBe(0)
  })
})

describe('without a network', () => {
  const nowhere = { HF_ENDPOINT: 'http://127.0.0.1:9' }

  test('says what could not be looked at, and fails for nothing', async () => {
    const { code, checks } = await checksOf(['--spend'], nowhere, 'http://127.0.0.1:9/v1')
    expect(code).toBe(0)
    for (const name of ['account', 'permission', 'credits', 'inference', 'model', 'access', 'clock'])
      expect(checks[name]).toMatchObject({ status: 'skip' })
    for (const name of ['node', 'natter', 'proxy', 'cache', 'learned', 'token'])
      expect(checks[name]).toMatchObject({ status: 'ok' })
  })

  test('the last catalogue is used, with a warning', async () => {
    await checksOf()
    const later = { ...nowhere, HTTP_PROXY: 'http://127.0.0.1:9' }
    ageCatalogue()
    const { checks } = await checksOf([], later)
    expect(checks['catalogue']).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('3 hours ago') as string,
    })
    expect(checks['model']).toMatchObject({ status: 'ok' })
  })

  test('HF_HUB_OFFLINE leaves the Hub alone', async () => {
    const { code, checks } = await checksOf([], { HF_HUB_OFFLINE: '1' })
    expect(code).toBe(0)
    expect(checks['account']).toMatchObject({ status: 'skip', message: 'HF_HUB_OFFLINE is set' })
    expect(checks['access']).toMatchObject({ status: 'skip', message: 'HF_HUB_OFFLINE is set' })
    expect(hf.requests.filter(({ path }) => path.startsWith('/api'))).toEqual([])
  })
})

test('a server of one’s own has no catalogue, which is no failure', async () => {
  const own: Loopback = await loopback((response) => reply(response, 200, { data: [{ id: 'mine' }] }))
  const { code, checks } = await checksOf(['--model', 'mine'], {}, own.url)
  expect(code).toBe(0)
  expect(checks['model']).toMatchObject({
    status: 'skip',
    message: expect.stringContaining('has no catalogue of backends') as string,
  })
  expect(checks['access']).toMatchObject({ status: 'skip', message: 'mine is no id of the Hub' })
})

test('an HF_ENDPOINT that is no URL fails', async () => {
  const { code, checks } = await checksOf([], { HF_ENDPOINT: 'hub' })
  expect(code).toBe(1)
  expect(checks['token']).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('HF_ENDPOINT must be an http: or https: URL') as string,
  })
})

test('a base URL that is none is wrong use', async () => {
  const { code, stderr } = await run(['--base-url', 'router'])
  expect(code).toBe(2)
  expect(stderr).toContain('It must be an http: or https: URL')
})

/** Makes the kept catalogue three hours old. */
function ageCatalogue(): void {
  const folder = join(home, 'cache')
  const name = readdirSync(folder).find((file) => file.startsWith('catalog-')) ?? ''
  const kept = JSON.parse(readFileSync(join(folder, name), 'utf8')) as object
  writeFileSync(join(folder, name), JSON.stringify({ ...kept, at: Date.now() - 3 * 60 * 60_000 - 1000 }))
}
