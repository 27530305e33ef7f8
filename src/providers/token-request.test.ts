import { describe, expect, test } from 'vitest'
import { rawLoopback, refusalOf } from '../../test/loopback.ts'
import { type TokenScript, handClock, printed, tokenServer } from '../../test/token-server.ts'
import { type TokenRequest, requestToken } from './token-request.ts'

const SECRET = 'very/secret+value='
const { now } = handClock()

const ask = (origin: string, more: Partial<TokenRequest> = {}) =>
  requestToken({
    url: `${origin}/oauth/token`,
    who: 'Acme',
    form: { grant_type: 'client_credentials', client_secret: SECRET },
    secrets: [SECRET],
    advice: 'Check the secret.',
    now,
    ...more,
  })

const refusal = async (script: TokenScript) => refusalOf(ask((await tokenServer(script)).origin))

describe('a token', () => {
  test('is asked for by a form, and ends when the server says', async () => {
    const server = await tokenServer(() => [200, { access_token: 'abc', expires_in: 3600 }])
    expect(await ask(server.origin, { headers: { authorization: 'Basic x' } })).toEqual({
      value: 'abc',
      expiresAt: now() + 3_600_000,
    })
    expect(server.asked[0]).toMatchObject({
      method: 'POST',
      path: '/oauth/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        authorization: 'Basic x',
      },
      form: { grant_type: 'client_credentials', client_secret: SECRET },
    })
  })

  test.each([
    ['a number in a text', '600', 600],
    ['nothing', undefined, 300],
    ['nonsense', 'soon', 300],
    ['zero', 0, 300],
  ])('ends after a time that is told by %s', async (_, expires_in, seconds) => {
    const server = await tokenServer(() => [200, { access_token: 'abc', expires_in }])
    expect((await ask(server.origin)).expiresAt).toBe(now() + seconds * 1000)
  })

  test('is asked for by the fetch that is passed in', async () => {
    const urls: unknown[] = []
    const fetch: typeof globalThis.fetch = (url) => {
      urls.push(url)
      return Promise.resolve(Response.json({ access_token: 'fetched', expires_in: 1 }))
    }
    expect(await ask('https://acme.example', { fetch })).toMatchObject({ value: 'fetched' })
    expect(urls).toEqual(['https://acme.example/oauth/token'])
  })

  test('is not asked for over a line that others can read', async () => {
    await expect(ask('http://acme.example')).rejects.toThrow(
      'the address of Acme must be an https: URL without a password: it is http://acme.example',
    )
  })
})

describe('a refusal', () => {
  test.each([
    [400, { error: 'invalid_client', error_description: 'Wrong.\r\nTrace: 1' }, 'unauthorized'],
    [401, { error: 'invalid_grant' }, 'unauthorized'],
    [403, { message: 'Not yours' }, 'forbidden'],
    [404, 'nothing here', 'not-found'],
    [429, {}, 'rate-limited'],
    [500, {}, 'server-error'],
    [503, {}, 'overloaded'],
  ])('of status %d has a code of its own', async (status, body, code) => {
    const error = await refusal(() => [status, body])
    expect(error).toMatchObject({ code, status, provider: 'Acme' })
    expect(error.message.includes('Check the secret.')).toBe(status < 429)
  })

  test('says who refused, what was said, and what to do', async () => {
    const server = await tokenServer(() => [
      400,
      { error: 'invalid_client', error_description: 'Wrong.\r\nTrace: 1' },
    ])
    expect(await refusalOf(ask(server.origin))).toMatchObject({
      message: `Acme at ${server.origin} gave no token, but 400: invalid_client: Wrong. Check the secret.`,
      serverCode: 'invalid_client',
    })
  })

  test('says how long to wait', async () => {
    const error = await refusal(() => (reply) => void reply.writeHead(429, { 'retry-after': '7' }).end('{}'))
    expect(error.retryAfter).toBe(7000)
  })

  test('is followed to no other place', async () => {
    const elsewhere = await tokenServer(() => [200, { access_token: 'abc' }])
    const error = await refusal(
      () => (reply) => void reply.writeHead(307, { location: elsewhere.origin }).end(),
    )
    expect(error).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('307: moved elsewhere'),
    })
    expect(elsewhere.asked).toEqual([])
  })

  test.each<[string, TokenScript]>([
    ['as it is', () => [401, { error: 'invalid_client', error_description: `no ${SECRET}`, sent: SECRET }]],
    ['as a form', () => [400, `client_secret=${encodeURIComponent(SECRET)}`]],
  ])('shows no secret that is echoed %s', async (_, script) => {
    const shown = printed(await refusal(script))
    expect(shown).toContain('[redacted]')
    expect(shown).not.toContain(SECRET)
    expect(shown).not.toContain(encodeURIComponent(SECRET))
  })
})

describe('an answer without a token', () => {
  test.each<[string, unknown]>([
    ['a page', '<html>Sign in</html>'],
    ['an empty body', ''],
    ['an empty token', { access_token: '' }],
    ['a token that is no word', { access_token: 'not a\nheader' }],
    ['a token elsewhere', { id_token: 'hidden-id-token' }],
  ])('is an error that shows nothing of it: %s', async (_, body) => {
    const error = await refusal(() => [200, body])
    expect(error).toMatchObject({
      code: 'bad-reply',
      message: 'Acme answered without a token. Check its address, or try again.',
    })
    expect(printed(error)).not.toContain('hidden-id-token')
  })

  test('that never comes ends in time', async () => {
    const server = await tokenServer(() => () => undefined)
    expect(await refusalOf(ask(server.origin, { timeout: 40 }))).toMatchObject({
      code: 'timeout',
      message: `Acme at ${server.origin} gave no token within 0.04 s. Try again.`,
    })
  })

  test('because the connection is lost is an error that may pass', async () => {
    const server = await rawLoopback((socket) => socket.destroy())
    const error = await refusalOf(ask(new URL(server.url).origin))
    expect(error).toMatchObject({
      code: 'connection',
      message: expect.stringContaining('Could not reach Acme'),
    })
    expect(printed(error)).not.toContain(SECRET)
  })
})
