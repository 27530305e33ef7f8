import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { json, loopback, refusalOf } from '../../test/loopback.ts'
import { readAccount, whoami } from './huggingface-account.ts'

const KEY = 'hf_averysecretkey'
const authorize = (): Readonly<Record<string, string>> => ({ authorization: `Bearer ${KEY}` })

afterEach(() => vi.unstubAllEnvs())

const ada = {
  type: 'user',
  name: 'ada',
  fullname: 'Ada Lovelace',
  canPay: true,
  isPro: true,
  periodEnd: 1_803_859_200,
  billingMode: 'postpaid',
  orgs: [
    { type: 'org', name: 'engines', roleInOrg: 'admin', plan: 'team', canPay: true },
    { type: 'org', name: 'society', isEnterprise: true },
    { type: 'org' },
  ],
  auth: {
    type: 'access_token',
    accessToken: {
      displayName: 'laptop',
      role: 'fineGrained',
      fineGrained: {
        global: ['discussion.write'],
        scoped: [
          {
            entity: { type: 'user', name: 'ada' },
            permissions: ['inference.serverless.write', 'discussion.write'],
          },
        ],
      },
    },
  },
}

test('the Hub is asked whose token it is, with it', async () => {
  const hub = await loopback((reply) => json(reply, 200, ada))
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  expect(await whoami({ authorize })).toEqual({
    name: 'ada',
    fullName: 'Ada Lovelace',
    type: 'user',
    isPro: true,
    canPay: true,
    billingMode: 'postpaid',
    periodEnd: new Date('2027-03-01'),
    organisations: [
      { name: 'engines', role: 'admin', plan: 'team', canPay: true },
      { name: 'society', role: undefined, plan: 'enterprise', canPay: undefined },
    ],
    token: {
      name: 'laptop',
      role: 'fineGrained',
      permissions: ['discussion.write', 'inference.serverless.write'],
      mayInfer: true,
    },
  })
  expect(hub.asked[0]).toMatchObject({
    method: 'GET',
    path: '/api/whoami-v2',
    headers: { authorization: `Bearer ${KEY}` },
  })
})

describe('whether a token may call inference', () => {
  const mayInfer = (accessToken: unknown): unknown => readAccount({ auth: { accessToken } }).token.mayInfer

  test.each([
    [{ role: 'read' }, true],
    [{ role: 'write' }, true],
    [{ role: 'fineGrained', fineGrained: { global: ['inference.serverless.write'] } }, true],
    [{ role: 'fineGrained', fineGrained: { global: [], scoped: [{ permissions: ['repo.read'] }] } }, false],
    [{ role: 'god' }, undefined],
    [undefined, undefined],
  ])('is read from %j', (token, expected) => {
    expect(mayInfer(token)).toBe(expected)
  })
})

test.each([
  [401, { error: `Invalid ${KEY}` }, 'unauthorized', /sign in again with `natter login`/],
  [429, { error: 'slow' }, 'rate-limited', /Wait/],
  [500, '<html><title>Oops</title></html>', 'server-error', /Oops/],
  [200, '<html>', 'bad-reply', /no JSON. Check HF_ENDPOINT/],
])('a refusal with %i tells what to do, without the token', async (status, body, code, message) => {
  const hub = await loopback((reply) => json(reply, status, body))
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  const refusal = await refusalOf(whoami({ authorize }))
  expect(refusal.code).toBe(code)
  expect(refusal.message).toMatch(message)
  expect(JSON.stringify(refusal) + refusal.message).not.toContain(KEY)
})

test('a silent Hub is given up, by the clock and by the caller', async () => {
  const hub = await loopback(() => undefined)
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  expect(await refusalOf(whoami({ authorize, timeout: 50 }))).toMatchObject({ code: 'timeout' })
  const stop = new AbortController()
  const asking = refusalOf(whoami({ authorize, signal: stop.signal }))
  await hub.arrival(1)
  stop.abort(new Error('enough'))
  expect(await asking).toMatchObject({ code: 'aborted', cause: new Error('enough') })
  await Promise.all(hub.asked.map(({ closed }) => closed))
  expect(await refusalOf(whoami({ authorize, signal: stop.signal }))).toMatchObject({ code: 'aborted' })
  expect(hub.asked).toHaveLength(2)
})

test('a Hub that is not there, or nowhere, is told', async () => {
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:1')
  expect(await refusalOf(whoami({ authorize }))).toMatchObject({ code: 'connection' })
  vi.stubEnv('HF_ENDPOINT', 'huggingface.co')
  await expect(whoami({ authorize })).rejects.toThrow(TypeError)
})

test('a fetch that is passed in is used', async () => {
  vi.stubEnv('HF_ENDPOINT', '')
  const fetch: typeof globalThis.fetch = (url) => Promise.resolve(Response.json({ name: String(url) }))
  expect((await whoami({ authorize, fetch })).name).toBe('https://huggingface.co/api/whoami-v2')
})

test('whatever the body holds, an account can be read of it', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (one, two) => {
      for (const body of [
        one,
        { name: one, orgs: two },
        { orgs: [one, { name: two }], auth: { accessToken: one } },
      ]) {
        const { name, organisations, token } = readAccount(body)
        expect(['string', 'undefined']).toContain(typeof name)
        for (const each of organisations) expect(typeof each.name).toBe('string')
        expect(Array.isArray(token.permissions)).toBe(true)
      }
    }),
  )
})
