import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lineTo } from '../../test/line.ts'
import { loopback } from '../../test/loopback.ts'

const MINUTE = 60_000
const models = (id: string): object => ({ data: [{ id, providers: [{ provider: 'groq', status: 'live' }] }] })
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-catalogue-'))
  vi.stubEnv('NATTER_CACHE', folder)
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01') })
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})
const later = (time: number): void => void vi.setSystemTime(Date.now() + time)
/** A router that answers with what `says` holds at that time. */
async function router() {
  const says = { status: 200, body: models('a') as unknown }
  const server = await loopback((reply) => {
    reply.writeHead(says.status, { 'content-type': 'application/json' })
    reply.end(JSON.stringify(says.body))
  })
  return { says, url: server.url, asked: server.asked }
}
/** What another process would ask with: nothing in memory. */
async function process() {
  vi.resetModules()
  return (await import('./catalog.ts')).catalogOf
}
/** Until what is kept without waiting lies on disk. */
async function written(count = 1): Promise<void> {
  while (files().length < count) await delay(2)
}
const files = (): readonly string[] => readdirSync(folder).filter((name) => name.endsWith('.json'))

describe('a catalogue', () => {
  test('is had from the router once, then from memory, then from disk', async () => {
    const { url, asked } = await router()
    const first = await process()
    expect(await first(lineTo(url))).toEqual({ body: models('a'), at: Date.now(), isStale: false })
    expect(await first(lineTo(url))).toEqual({ body: models('a'), at: Date.now(), isStale: false })
    await written()
    later(59 * MINUTE)
    const found = await (await process())(lineTo(url))
    expect(found).toEqual({ body: models('a'), at: Date.now() - 59 * MINUTE, isStale: false })
    expect(asked).toHaveLength(1)
  })

  test('is asked for again when it is old', async () => {
    const { url, asked, says } = await router()
    await (
      await process()
    )(lineTo(url))
    await written()
    later(61 * MINUTE)
    says.body = models('b')
    expect(await (await process())(lineTo(url))).toMatchObject({ body: models('b'), isStale: false })
    expect(asked).toHaveLength(2)
  })

  test.each([500, 429, 404])(
    'that is old counts, and is marked, while the router answers %i',
    async (status) => {
      const { url, says } = await router()
      await (
        await process()
      )(lineTo(url))
      await written()
      const at = Date.now()
      later(25 * 60 * MINUTE)
      Object.assign(says, { status, body: { error: 'busy' } })
      expect(await (await process())(lineTo(url))).toEqual({ body: models('a'), at, isStale: true })
    },
  )

  test('that is old counts while the router cannot be reached', async () => {
    const { url } = await router()
    const gone = (): Promise<never> => Promise.reject(new TypeError('fetch failed'))
    await (
      await process()
    )(lineTo(url))
    await written()
    later(25 * 60 * MINUTE)
    expect(await (await process())(lineTo(url, { fetch: gone }))).toMatchObject({ isStale: true })
    expect(await (await process())(lineTo('http://127.0.0.1:9/other', { fetch: gone }))).toBeUndefined()
  })

  test('is kept for its owner only, and says nothing of a key or of a query of the address', async () => {
    const { url, asked } = await router()
    await (
      await process()
    )(lineTo(`${url}?token=in-the-query`))
    await written()
    expect(asked[0]?.path).toBe('/v1/models?token=in-the-query')
    expect(asked[0]?.headers.authorization).toBeUndefined()
    const [name = ''] = files()
    const path = join(folder, name)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(name + readFileSync(path, 'utf8')).not.toMatch(/hf_secret|in-the-query/)
  })

  test('of one router is not that of another', async () => {
    const one = await router()
    const two = await router()
    two.says.body = models('b')
    const ask = await process()
    expect((await ask(lineTo(one.url)))?.body).toEqual(models('a'))
    expect((await ask(lineTo(two.url)))?.body).toEqual(models('b'))
    await written(2)
  })

  test('is asked for again where its file is damaged', async () => {
    const { url, asked } = await router()
    await (
      await process()
    )(lineTo(url))
    await written()
    writeFileSync(join(folder, files()[0] ?? ''), '{"at": 5, "val')
    expect((await (await process())(lineTo(url)))?.body).toEqual(models('a'))
    expect(asked).toHaveLength(2)
  })

  test('is not kept on disk where the cache is off', async () => {
    vi.stubEnv('NATTER_CACHE', 'off')
    const { url, asked } = await router()
    for (let n = 0; n < 2; n++) expect((await (await process())(lineTo(url)))?.body).toEqual(models('a'))
    expect(asked).toHaveLength(2)
    expect(readdirSync(folder)).toEqual([])
  })

  test('of a server that has none is none', async () => {
    const { url, says } = await router()
    Object.assign(says, { status: 404, body: { detail: 'Not Found' } })
    expect(await (await process())(lineTo(url))).toBeUndefined()
  })
})
