import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Start, build, cleanUp, natter } from './cli/command.ts'
import { DEVICE, type Hub, oauthError, startHub } from './cli/hub.ts'
import { type Remote, startRemote } from './cli/remote.ts'

const TOKEN = 'hf_averysecrettoken'
const OTHER = 'hf_anothersecrettoken'
const ADA = {
  type: 'user',
  name: 'ada',
  fullname: 'Ada Lovelace',
  isPro: true,
  canPay: false,
  billingMode: 'postpaid',
  periodEnd: 1_803_859_200,
  orgs: [{ name: 'engines', roleInOrg: 'admin', plan: 'team' }, { name: 'society' }],
  auth: { accessToken: { displayName: 'laptop', role: 'write' } },
}
const WEAK = { ...ADA, auth: { accessToken: { role: 'fineGrained', fineGrained: { global: [] } } } }

let hub: Hub
let home: string
beforeAll(async () => {
  build()
  hub = await startHub()
}, 120_000)
beforeEach(() => {
  hub.reset()
  hub.accounts.set(TOKEN, ADA)
  home = mkdtempSync(join(tmpdir(), 'natter-account-'))
  return () => rmSync(home, { recursive: true, force: true })
})
afterAll(() => {
  hub?.close()
  cleanUp()
})

/** Runs the command with a home of its own; whatever it prints holds no token. */
async function run(args: readonly string[], { env = {}, ...start }: Start = {}): ReturnType<typeof natter> {
  const outcome = await natter(args, { ...start, env: { HOME: home, HF_ENDPOINT: hub.origin, ...env } })
  for (const secret of [TOKEN, OTHER, DEVICE.device_code])
    expect(outcome.stdout + outcome.stderr).not.toContain(secret)
  return outcome
}

const folder = (): string => join(home, '.cache', 'huggingface')
const file = (): string => join(folder(), 'token')
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

function keep(token: string): void {
  mkdirSync(folder(), { recursive: true })
  writeFileSync(file(), `${token}\n`)
}

describe('natter login', () => {
  test('keeps a token that is piped in, once the Hub knows it, readable by its owner alone', async () => {
    const { code, stdout, stderr } = await run(['login', '--token-stdin'], { stdin: `${TOKEN}\n` })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toBe(`natter: signed in as ada; the token is in ${file()}\n`)
    expect(readFileSync(file(), 'utf8')).toBe(TOKEN)
    expect([modeOf(file()), modeOf(folder())]).toEqual(['600', '700'])
    expect(readFileSync(join(folder(), 'stored_tokens'), 'utf8')).toBe(`[natter]\nhf_token = ${TOKEN}\n\n`)
    expect(hub.asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/api/whoami-v2', `Bearer ${TOKEN}`],
    ])
  })

  test('keeps no token that the Hub does not know', async () => {
    const { code, stderr } = await run(['login', '--token-stdin'], { stdin: OTHER })
    expect(code).toBe(1)
    expect(stderr).toMatch(/answered 401: Invalid credentials: Bearer \[redacted\].*natter login/)
    expect(existsSync(file())).toBe(false)
  })

  test.each([
    ['', 'standard input is empty'],
    ['two words', 'no token'],
    ['“quoted”', 'no token'],
  ])('takes no %j for a token', async (stdin, message) => {
    const { code, stderr } = await run(['login', '--token-stdin'], { stdin })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(hub.asked).toEqual([])
  })

  test('says what a token cannot do, and which one goes before it', async () => {
    hub.accounts.set(TOKEN, WEAK)
    const { code, stderr } = await run(['login', '--token-stdin'], { stdin: TOKEN, env: { HF_TOKEN: OTHER } })
    expect(code).toBe(0)
    expect(stderr).toContain('lacks the permission "Make calls to Inference Providers"; make one at https://')
    expect(stderr).toContain('the token in HF_TOKEN goes before it')
  })

  test('shows a code to enter on a page, and waits for it', async () => {
    hub.grants.push(oauthError('authorization_pending'), [200, { access_token: TOKEN, expires_in: 3600 }])
    const { code, stdout, stderr } = await run([
      'login',
      '--client-id',
      'app',
      '--scopes',
      'profile, inference-api',
    ])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain(`Open  ${DEVICE.verification_uri_complete}\nEnter ABCD-EFGH\n`)
    expect(stderr).toMatch(/signed in as ada.*\n.*good until/)
    expect(readFileSync(file(), 'utf8')).toBe(TOKEN)
    expect(hub.asked[0]?.form).toEqual({ client_id: 'app', scope: 'profile inference-api' })
  })

  test('ends without a trace where the person says no', async () => {
    hub.grants.push(oauthError('access_denied'))
    const { code, stderr } = await run(['login'], { env: { NATTER_HF_CLIENT_ID: 'from-the-environment' } })
    expect(code).toBe(1)
    expect(stderr).toContain('natter: The sign-in was refused on the page.')
    expect(hub.asked[0]?.form['client_id']).toBe('from-the-environment')
    expect(existsSync(folder())).toBe(false)
  })

  test('stops at Ctrl-C', async () => {
    const { code } = await run(['login', '--client-id', 'app'], {
      onAside: (child, text) => void (text.includes('Enter') && child.kill('SIGINT')),
    })
    expect(code).toBe(130)
    expect(existsSync(folder())).toBe(false)
  })

  test('without an application says what to do instead', async () => {
    const { code, stderr } = await run(['login'], { env: { NATTER_HF_CLIENT_ID: '' } })
    expect(code).toBe(2)
    for (const way of [
      'natter login --token-stdin < file',
      '`hf auth login`',
      '--client-id or NATTER_HF_CLIENT_ID',
      'https://huggingface.co/settings/tokens/new',
      'https://huggingface.co/settings/applications/new',
    ])
      expect(stderr).toContain(way)
    expect(hub.asked).toEqual([])
  })

  test('is followed by chats with that token', async () => {
    const remote: Remote = await startRemote()
    await run(['login', '--token-stdin'], { stdin: TOKEN })
    await run(['--base-url', remote.url, 'Hello'])
    expect(remote.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
    remote.close()
  })
})

describe('natter logout', () => {
  test('removes the token, and nothing else', async () => {
    await run(['login', '--token-stdin'], { stdin: TOKEN })
    writeFileSync(join(folder(), 'other'), 'kept')
    const { code, stderr } = await run(['logout'])
    expect(code).toBe(0)
    expect(stderr).toBe(`natter: signed out: ${file()} is removed\n`)
    expect(
      [file(), join(folder(), 'stored_tokens'), join(folder(), 'other')].map((path) => existsSync(path)),
    ).toEqual([false, false, true])
    expect(await run(['logout'])).toMatchObject({
      code: 0,
      stderr: `natter: there was no token at ${file()}\n`,
    })
  })

  test('says that a token in the environment stays', async () => {
    keep(TOKEN)
    const { code, stderr } = await run(['logout'], { env: { HF_TOKEN: OTHER } })
    expect(code).toBe(0)
    expect(stderr).toContain('a token is still in HF_TOKEN')
  })
})

describe('natter whoami', () => {
  test('shows whose token it is, and what it may do', async () => {
    keep(TOKEN)
    expect(await run(['whoami'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: [
        'ada (Ada Lovelace) PRO',
        'organisations  engines (admin, team), society',
        'billing        postpaid, no means of payment, period ends 2027-03-01',
        'token          laptop, write, from a token file, may call Inference Providers',
        '',
      ].join('\n'),
    })
  })

  test('--json prints one line, with null for what is not known', async () => {
    hub.accounts.set(OTHER, { name: 'grace' })
    const { code, stdout, stderr } = await run(['whoami', '--json'], { env: { HF_TOKEN: OTHER } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toEqual({
      name: 'grace',
      fullName: null,
      type: null,
      isPro: null,
      canPay: null,
      billingMode: null,
      periodEnd: null,
      organisations: [],
      token: { name: null, role: null, permissions: [], mayInfer: null, place: 'HF_TOKEN' },
    })
  })

  test('says what is missing from a weak token', async () => {
    keep(TOKEN)
    hub.accounts.set(TOKEN, WEAK)
    const { code, stderr } = await run(['whoami'])
    expect(code).toBe(0)
    expect(stderr).toContain('lacks the permission')
  })

  test('without a token says where it looked and what to do', async () => {
    const { code, stdout, stderr } = await run(['whoami'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^natter: not signed in. Looked in HF_TOKEN, .*Run natter login, or set HF_TOKEN\n$/,
    )
    expect(hub.asked).toEqual([])
  })

  test('with a token of yesterday says to sign in again', async () => {
    keep(OTHER)
    const { code, stderr } = await run(['whoami'])
    expect(code).toBe(1)
    expect(stderr).toContain('has expired: sign in again with `natter login`')
  })

  test('writes no escape sequences of a name to the terminal', async () => {
    keep(TOKEN)
    hub.accounts.set(TOKEN, { ...ADA, fullname: 'Ada\u001b[2J' })
    expect((await run(['whoami'])).stdout).toContain('ada (Ada[2J) PRO')
  })
})

describe('a server that is still starting', () => {
  // The first few refusals are retried in silence.
  test('is waited for, and the user is told once', async () => {
    const remote: Remote = await startRemote()
    const { answer } = remote
    remote.answer = (request, response) => {
      if (remote.requests.length > 5) return answer(request, response)
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '0' })
      response.end('{"error":"Model gpt2 is currently loading","estimated_time":0.01}')
    }
    const { code, stdout, stderr } = await run(
      ['-m', 'huggingface/gpt2', '--base-url', remote.url, 'Hello'],
      { env: { HF_TOKEN: 'hf_test' } },
    )
    remote.close()
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Four words and done.\n' })
    expect(stderr).toBe('natter: the server is starting; waiting for up to 10 min (Ctrl-C ends it)\n')
    expect(remote.requests).toHaveLength(6)
  }, 30_000)
})

describe('a command', () => {
  test.each(['whoami', 'login', 'logout', 'serve'])(
    '%s that is followed by words asks for quotes',
    async (name) => {
      const { code, stdout, stderr } = await run([name, 'am', 'I'])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toBe(
        `natter: natter ${name} takes no words. To ask that as a prompt, quote it: natter "${name} am I"\n`,
      )
    },
  )

  test('in quotes with other words is a prompt', async () => {
    const remote: Remote = await startRemote()
    await run(['--base-url', remote.url, 'whoami in your eyes?'])
    expect(remote.requests[0]?.body.messages.at(-1)?.content).toBe('whoami in your eyes?')
    remote.close()
  })

  test('has help of its own, and stands in the list of all', async () => {
    expect((await run(['login', '--help'])).stdout).toContain('natter login --token-stdin < token.txt')
    const { stdout } = await run(['--help'])
    for (const name of ['serve', 'login', 'logout', 'whoami'])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect(await run(['login', '--nonsense'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Try natter login --help.') as string,
    })
  })
})
