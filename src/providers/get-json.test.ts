import { describe, expect, test } from 'vitest'
import { type Script, loopback, rawLoopback } from '../../test/loopback.ts'
import { getJson } from './get-json.ts'

const PATIENCE = 5000
const from = async (script: Script, more: Partial<Parameters<typeof getJson>[2]> = {}) => {
  const { url, asked } = await loopback(script)
  return { got: await getJson({}, url, { patience: PATIENCE, ...more }), asked }
}

describe('a page', () => {
  test('is read with its status and headers, in whatever pieces it comes', async () => {
    const { got, asked } = await from(
      (reply) => {
        reply.writeHead(418, { 'x-what': 'tea' })
        const bytes = Buffer.from('{"a": "č✓"}')
        for (const byte of bytes) reply.write(Buffer.from([byte]))
        reply.end()
      },
      { headers: { 'x-mine': 'yes' } },
    )
    expect(got).toMatchObject({ status: 418, body: { a: 'č✓' }, text: '{"a": "č✓"}' })
    expect(got.header('x-what')).toBe('tea')
    expect(asked[0]).toMatchObject({
      method: 'GET',
      headers: { accept: 'application/json', 'x-mine': 'yes' },
    })
    expect(asked[0]?.headers.authorization).toBeUndefined()
  })

  test('that is no JSON is text', async () => {
    const { got } = await from((reply) => void reply.end('<html>'))
    expect(got).toMatchObject({ status: 200, body: undefined, text: '<html>' })
  })

  test('that is elsewhere is not gone to', async () => {
    const { got, asked } = await from((reply) => void reply.writeHead(302, { location: '/other' }).end())
    expect(got.status).toBe(302)
    expect(asked).toHaveLength(1)
  })

  test('that is too long is not read to its end', async () => {
    await expect(from((reply) => void reply.end('a'.repeat(1001)), { limit: 1000 })).rejects.toThrow(
      /answered with more than 1000 characters/,
    )
    const { got } = await from((reply) => void reply.end('a'.repeat(1000)), { limit: 1000 })
    expect(got.text).toHaveLength(1000)
  })

  test.each<[string, Script]>([
    ['does not come', () => undefined],
    ['does not end', (reply) => void reply.write('{"a":')],
  ])('that %s in time is given up', async (_how, script) => {
    const begun = performance.now()
    await expect(from(script, { patience: 150 })).rejects.toThrow(/did not answer within 0.15 s/)
    expect(performance.now() - begun).toBeLessThan(3000)
  })

  test('may come through a fetch', async () => {
    const fetch = (url: unknown): Promise<Response> => Promise.resolve(Response.json({ url: String(url) }))
    const got = await getJson({ fetch }, 'https://example.com/a', { patience: PATIENCE })
    expect(got.body).toEqual({ url: 'https://example.com/a' })
  })
})

describe('a caller', () => {
  test('may give up while it comes, and the connection is closed', async () => {
    const { url, arrival } = await loopback((reply) => void reply.write('{'))
    const abort = new AbortController()
    const page = getJson({}, url, { patience: PATIENCE, signal: abort.signal })
    const { closed } = await arrival()
    abort.abort(new Error('enough'))
    await expect(page).rejects.toThrow('enough')
    await closed
  })

  test('may have given up before', async () => {
    const { url, connections } = await rawLoopback(() => undefined)
    const signal = AbortSignal.abort(new Error('never'))
    await expect(getJson({}, url, { patience: PATIENCE, signal })).rejects.toThrow('never')
    expect(connections()).toBe(0)
  })
})
