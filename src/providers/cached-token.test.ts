import { expect, test } from 'vitest'
import { chatOpenAICompatible } from 'natter'
import { loopback, willing } from '../../test/loopback.ts'
import { countingTokens, handClock, printed, tokenServer } from '../../test/token-server.ts'
import { abortable } from '../lib/abortable.ts'
import { type Expiring, cachedToken } from './cached-token.ts'
import { requestToken } from './token-request.ts'

const MINUTE = 60_000
const { now } = handClock()

/** Asks a server of tokens. */
const from =
  (origin: string, clock = now) =>
  () =>
    requestToken({ url: `${origin}/token`, who: 'Acme', form: {}, secrets: [], advice: '', now: clock })

/** Gives these one after the other, after a moment. */
function scripted<T>(...given: readonly (Expiring<T> | Error)[]) {
  let asked = 0
  const load = async (): Promise<Expiring<T>> => {
    const next = given[asked++]
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (next === undefined || next instanceof Error) throw next ?? new Error('asked too often')
    return next
  }
  return { load, asked: () => asked }
}

test('a token is asked for once for all who wait, and kept', async () => {
  const server = await countingTokens(3600)
  const token = cachedToken(from(server.origin), now)
  expect(new Set(await Promise.all(Array.from({ length: 50 }, () => token())))).toEqual(new Set(['token-1']))
  expect(await token()).toBe('token-1')
  expect(server.asked).toHaveLength(1)
  expect(printed(token)).not.toContain('token-1')
})

test('a token is renewed five minutes before it ends, once for all', async () => {
  const server = await countingTokens(3600)
  const clock = handClock()
  const token = cachedToken(from(server.origin, clock.now), clock.now)
  await token()
  clock.pass(54.9)
  expect(await token()).toBe('token-1')
  clock.pass(0.2)
  expect(await Promise.all([token(), token(), token()])).toEqual(['token-2', 'token-2', 'token-2'])
  expect(server.asked).toHaveLength(2)
})

test('a token of short life is renewed at half of it, not at each request', async () => {
  const server = await countingTokens(60)
  const clock = handClock()
  const token = cachedToken(from(server.origin, clock.now), clock.now)
  await token()
  clock.pass(0.45)
  expect(await token()).toBe('token-1')
  clock.pass(0.1)
  expect(await token()).toBe('token-2')
})

test('a token that does not end is asked for once', async () => {
  const clock = handClock()
  const { load, asked } = scripted({ value: 'for ever', expiresAt: undefined })
  const token = cachedToken(load, clock.now)
  await token()
  clock.pass(1e7)
  expect(await token()).toBe('for ever')
  expect(asked()).toBe(1)
})

test('a failure is told to all who wait, and the next one asks again', async () => {
  const server = await tokenServer((_, n) =>
    n === 0 ? [500, { error: 'oops' }] : [200, { access_token: 'good', expires_in: 60 }],
  )
  const token = cachedToken(from(server.origin), now)
  const outcomes = await Promise.allSettled([token(), token()])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(server.asked).toHaveLength(1)
  expect(await token()).toBe('good')
})

test('a token that cannot be renewed is used while it holds, and then the failure is told', async () => {
  const clock = handClock()
  const { load, asked } = scripted(
    { value: 'old', expiresAt: clock.now() + 60 * MINUTE },
    new Error('away'),
    new Error('still away'),
    { value: 'new', expiresAt: clock.now() + 180 * MINUTE },
  )
  const token = cachedToken(load, clock.now)
  await token()
  clock.pass(56)
  expect(await token()).toBe('old')
  expect(asked()).toBe(2)
  clock.pass(4)
  await expect(token()).rejects.toThrow('still away')
  expect(await token()).toBe('new')
})

test('a token that has already ended is given once and not kept', async () => {
  const clock = handClock()
  const { load } = scripted(
    { value: 'ended', expiresAt: clock.now() - MINUTE },
    { value: 'good', expiresAt: undefined },
  )
  const token = cachedToken(load, clock.now)
  expect(await token()).toBe('ended')
  expect(await token()).toBe('good')
})

test('one who gives up takes the token from no other', async () => {
  let answer: (() => void) | undefined
  const server = await tokenServer(() => (reply) => {
    answer = () => reply.end(JSON.stringify({ access_token: 'late', expires_in: 60 }))
  })
  const token = cachedToken(from(server.origin), now)
  const controller = new AbortController()
  const hasty = abortable(token(), controller.signal)
  const patient = token()
  while (!answer) await new Promise((resolve) => setTimeout(resolve, 2))
  controller.abort(new Error('no time'))
  await expect(hasty).rejects.toThrow('no time')
  answer()
  expect(await patient).toBe('late')
  expect(server.asked).toHaveLength(1)
})

test('an aborted prompt does not cancel the token that another prompt waits for', async () => {
  let answer: (() => void) | undefined
  const tokens = await tokenServer(() => (reply) => {
    answer = () => reply.end(JSON.stringify({ access_token: 'shared-token', expires_in: 60 }))
  })
  const models = await loopback(willing)
  const credentials = cachedToken(from(tokens.origin), now)
  const chat = () => chatOpenAICompatible({ baseUrl: models.url, model: 'm', credentials })
  const controller = new AbortController()
  const hasty = chat().chat('hi', { signal: controller.signal })
  const patient = chat().chat('hi')
  while (!answer) await new Promise((resolve) => setTimeout(resolve, 2))
  controller.abort()
  await expect(hasty).rejects.toMatchObject({ code: 'aborted' })
  answer()
  await patient
  expect(models.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer shared-token'])
})
