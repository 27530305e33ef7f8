import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEVICE, type Hub, type HubReply, oauthError, startHub } from '../../test/cli/hub.ts'
import { refusalOf } from '../../test/loopback.ts'
import { type DeviceCode, type OAuthToken, SCOPES, finishSignIn, startSignIn } from './huggingface-oauth.ts'

const client = { clientId: 'app' }
const TOKEN = 'hf_oauth_token_that_is_secret'
const granted: HubReply = [200, { access_token: TOKEN, scope: 'openid  profile', expires_in: 3600 }]

let hub: Hub
beforeAll(async () => {
  hub = await startHub()
})
beforeEach(() => {
  hub.reset()
  vi.stubEnv('HF_ENDPOINT', hub.origin)
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => hub.close())

const code = (more: Partial<DeviceCode> = {}): DeviceCode => ({
  userCode: 'ABCD-EFGH',
  page: DEVICE.verification_uri,
  pageWithCode: undefined,
  expiresAt: Date.now() + 60_000,
  interval: 5,
  deviceCode: DEVICE.device_code,
  ...more,
})

describe('startSignIn', () => {
  test('asks with the client and the scopes, and gives what a person needs', async () => {
    const started = await startSignIn(client)
    expect(started).toMatchObject({
      userCode: 'ABCD-EFGH',
      page: DEVICE.verification_uri,
      pageWithCode: DEVICE.verification_uri_complete,
      interval: 10,
    })
    expect(started.expiresAt - Date.now()).toBeGreaterThan(890_000)
    expect(hub.asked[0]).toMatchObject({
      method: 'POST',
      path: '/oauth/device',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      form: { client_id: 'app', scope: SCOPES.join(' ') },
    })
    await startSignIn({ ...client, scopes: ['profile'] })
    expect(hub.asked[1]?.form['scope']).toBe('profile')
  })

  test('waits five seconds between questions where the server names no time', async () => {
    hub.answer = () => [200, { ...DEVICE, interval: undefined, expires_in: undefined }]
    expect(await startSignIn(client)).toMatchObject({ interval: 5000 })
  })

  test('says where clients are made when this one is unknown', async () => {
    hub.answer = () => [401, { error: 'invalid_client' }]
    const refusal = await refusalOf(startSignIn(client))
    expect(refusal.message).toMatch(/invalid_client.*settings\/applications/)
  })

  test.each([
    ['no code', { ...DEVICE, device_code: undefined }],
    ['no page', { ...DEVICE, verification_uri: undefined }],
    ['a page that is none', { ...DEVICE, verification_uri: 'javascript:alert(1)' }],
    ['nothing', null],
  ])('refuses an answer with %s', async (_, body) => {
    hub.answer = () => [200, body]
    expect(await refusalOf(startSignIn(client))).toMatchObject({ code: 'bad-reply' })
  })
})

describe('finishSignIn', () => {
  const finish = (more?: Partial<DeviceCode>, slower?: number): Promise<OAuthToken> =>
    finishSignIn(code(more), client, slower)

  test('asks until the person has said yes', async () => {
    hub.grants.push(oauthError('authorization_pending'), oauthError('authorization_pending'), granted)
    const { token, scopes, expiresAt } = await finish()
    expect({ token, scopes }).toEqual({ token: TOKEN, scopes: ['openid', 'profile'] })
    expect(Number(expiresAt) - Date.now()).toBeGreaterThan(3_590_000)
    expect(hub.asked).toHaveLength(3)
    expect(hub.asked[0]).toMatchObject({
      path: '/oauth/token',
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: DEVICE.device_code,
        client_id: 'app',
      },
    })
  })

  test('slows down when it is told to', async () => {
    hub.grants.push(oauthError('slow_down'), oauthError('authorization_pending'), granted)
    const started = performance.now()
    await finish({ interval: 1 }, 60)
    expect(performance.now() - started).toBeGreaterThan(115)
  })

  test('goes on when the Hub is out of order for a moment', async () => {
    hub.grants.push([503, { error: 'unavailable' }], [429, { error: 'slow' }], granted)
    expect(await finish()).toMatchObject({ token: TOKEN })
  })

  test.each([
    ['expired_token', 'timeout', /expired before anybody/],
    ['access_denied', 'forbidden', /refused on the page/],
    ['invalid_grant', 'bad-request', /invalid_grant/],
  ])('ends with %s', async (error, expected, message) => {
    hub.grants.push(oauthError('authorization_pending'), oauthError(error))
    const refusal = await refusalOf(finish())
    expect(refusal.code).toBe(expected)
    expect(refusal.message).toMatch(message)
    expect(hub.asked).toHaveLength(2)
  })

  test('ends by itself when the code is too old, and when the caller wants no more', async () => {
    expect(await refusalOf(finish({ expiresAt: Date.now() - 1 }))).toMatchObject({ code: 'timeout' })
    const signal = AbortSignal.timeout(20)
    expect(await refusalOf(finishSignIn(code({ interval: 60_000 }), { ...client, signal }))).toMatchObject({
      code: 'aborted',
    })
    expect(hub.asked).toEqual([])
  })

  test('never shows the code that fetches the token', async () => {
    hub.answer = ({ form }) => [
      400,
      { error: 'invalid_grant', error_description: `no ${form['device_code']}` },
    ]
    const refusal = await refusalOf(finish())
    expect(JSON.stringify(refusal) + refusal.message).not.toContain(DEVICE.device_code)
  })

  test('refuses an answer without a token', async () => {
    hub.grants.push([200, { token_type: 'bearer' }])
    expect(await refusalOf(finish())).toMatchObject({ code: 'bad-reply' })
  })
})
