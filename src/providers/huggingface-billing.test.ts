import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { json, loopback, refusalOf } from '../../test/loopback.ts'
import {
  RECONCILED_AFTER,
  dateOf,
  readSessionBill,
  readUsage,
  sessionBill,
  usage,
} from './huggingface-billing.ts'

const KEY = 'hf_averysecretkey'
const NOW = Date.UTC(2027, 1, 3, 12)
const authorize = (): Readonly<Record<string, string>> => ({ authorization: `Bearer ${KEY}` })

afterEach(() => vi.unstubAllEnvs())

const bill = {
  currency: 'usd',
  periods: [
    {
      period: '2027-01-01T00:00:00Z',
      sessions: [
        { id: 'mine', requestCount: 2, costCents: 1.5 },
        { id: 'other', requestCount: 9, costCents: 900 },
      ],
    },
    { period: '2027-02-01T00:00:00Z', sessions: [{ id: 'mine', requestCount: 1, costCents: 0.25 }] },
  ],
}

test('the bill of a session is summed over the months it lasted, which are asked for whole', async () => {
  const hub = await loopback((reply) => json(reply, 200, bill))
  vi.stubEnv('HF_ENDPOINT', `${hub.origin}/`)
  const since = new Date(Date.UTC(2027, 0, 31, 23))
  expect(await sessionBill({ sessionId: 'mine', since, now: NOW, authorize })).toEqual({
    dollars: 0.0175,
    currency: 'USD',
    requests: 3,
    isFinal: false,
  })
  const [asked] = hub.asked
  expect(asked?.path).toBe(
    '/api/settings/billing/usage-by-inference-session?startDate=2027-01-01T00%3A00%3A00.000Z&endDate=2027-02-03T12%3A00%3A00.000Z',
  )
  expect(asked).toMatchObject({ method: 'GET', headers: { authorization: `Bearer ${KEY}` } })
})

test('a bill is final half an hour after the last request, and never while nothing is booked', async () => {
  const hub = await loopback((reply) => json(reply, 200, bill))
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  const isFinal = async (sessionId: string, age: number): Promise<boolean> =>
    (await sessionBill({ sessionId, since: NOW - 1e8, until: NOW - age, now: NOW, authorize })).isFinal
  expect(await isFinal('mine', RECONCILED_AFTER)).toBe(true)
  expect(await isFinal('mine', RECONCILED_AFTER - 1)).toBe(false)
  expect(await isFinal('unbooked', RECONCILED_AFTER * 2)).toBe(false)
})

test('the bill of an organisation is read at its own address, and a refusal says what the token lacks', async () => {
  const hub = await loopback((reply) => json(reply, 403, { error: `${KEY} may not` }))
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  const refusal = await refusalOf(
    sessionBill({ sessionId: 'mine', since: NOW, now: NOW, organisation: 'a/b', authorize }),
  )
  expect(hub.asked[0]?.path).toMatch(/^\/api\/organizations\/a%2Fb\/billing\/usage-by-inference-session\?/)
  expect(refusal).toMatchObject({ code: 'forbidden', status: 403 })
  expect(refusal.message).toContain('permission to read billing data')
  expect(JSON.stringify(refusal) + refusal.message).not.toContain(KEY)
})

test('the usage of an account is told in dollars, with its period', async () => {
  const inferenceProviders = {
    usedNanoUsd: 1_250_000_000,
    includedNanoUsd: '2000000000',
    limitNanoUsd: 0,
    numRequests: 7,
    periodStart: '2027-02-01T00:00:00.000Z',
    periodEnd: 1_803_859_200,
  }
  const hub = await loopback((reply) => json(reply, 200, { usage: { inferenceProviders } }))
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  expect(await usage({ now: NOW, authorize })).toEqual({
    used: 1.25,
    included: 2,
    limit: 0,
    requests: 7,
    periodStart: new Date('2027-02-01'),
    periodEnd: new Date('2027-03-01'),
  })
  expect(hub.asked[0]?.path).toBe(
    `/api/settings/billing/usage-v2?startDate=${Date.UTC(2027, 1, 1) / 1000}&endDate=${NOW / 1000}`,
  )
})

test('a cost is unknown where it is not booked, not a number, or in another currency', () => {
  const session = (line: object, currency?: string): unknown => ({
    currency,
    periods: [{ sessions: [line] }],
  })
  expect(readSessionBill(session({ id: 'a' }), 'a').dollars).toBeUndefined()
  expect(readSessionBill(session({ id: 'a', costCents: -1 }), 'a').dollars).toBeUndefined()
  expect(readSessionBill(session({ id: 'a', costCents: 1 }, 'EUR'), 'a')).toMatchObject({
    dollars: undefined,
    currency: 'EUR',
  })
  expect(readSessionBill(session({ id: 'a', costCents: 0 }), 'a')).toMatchObject({
    dollars: 0,
    requests: undefined,
  })
  expect(readSessionBill(session({ id: 'a', costCents: 100 }), 'b').dollars).toBeUndefined()
})

test('a sum with an unknown part is unknown', () => {
  const sessions = [
    { id: 'a', costCents: 5, requestCount: 1 },
    { id: 'a', requestCount: 1 },
  ]
  expect(readSessionBill({ periods: [{ sessions }] }, 'a')).toMatchObject({ dollars: undefined, requests: 2 })
})

test('dates are ISO text, seconds or milliseconds', () => {
  expect(dateOf(1_803_859_200)).toEqual(dateOf(1_803_859_200_000))
  expect(dateOf('2027-03-01')).toEqual(new Date('2027-03-01'))
  expect([dateOf(0), dateOf(null), dateOf('soon'), dateOf(1e300)]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

const anything = fc.oneof(fc.jsonValue(), fc.anything())

test('whatever the bodies hold, what is read of them is a number, a date or unknown', () => {
  fc.assert(
    fc.property(anything, anything, anything, (one, two, three) => {
      const line = { id: 'a', costCents: one, requestCount: two }
      for (const body of [
        one,
        { currency: two, periods: three },
        { periods: [{ sessions: [line, line] }, one] },
      ]) {
        const { dollars, requests } = readSessionBill(body, 'a')
        for (const value of [dollars, requests]) expect(value ?? 0).toBeGreaterThanOrEqual(0)
        expect([dollars, requests]).not.toContain(NaN)
      }
      for (const body of [
        one,
        { usage: one },
        { usage: { inferenceProviders: { usedNanoUsd: one, periodEnd: two } } },
      ]) {
        const { used, periodEnd } = readUsage(body)
        expect(used ?? 0).toBeGreaterThanOrEqual(0)
        expect(periodEnd?.getTime()).not.toBeNaN()
      }
    }),
  )
})
