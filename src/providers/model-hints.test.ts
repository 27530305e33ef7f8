import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lineTo } from '../../test/line.ts'
import type { TemplateFacts } from '../capabilities/template.ts'
import { capabilitiesOf } from './model-hints.ts'

const UNKNOWN: TemplateFacts = {
  system: undefined,
  tools: undefined,
  alternates: undefined,
  content: undefined,
  toolHistory: undefined,
}
const ROUTER = 'https://router.huggingface.co/v1'
const NO_SYSTEM =
  "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" +
  '{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-cards-'))
  vi.stubEnv('NATTER_CACHE', folder)
  vi.stubEnv('HF_ENDPOINT', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

/** The Hub, as a fetch: what it says of every model, and what it was asked. */
function hub(model: object, status = 200) {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const token = new Headers(init?.headers).get('authorization') ?? 'no token'
    asked.push(`${String(url).replace(/\?.*/, '')} ${token}`)
    const isModel = String(url).includes('/api/models/')
    const code = isModel && status === 404 ? { 'x-error-code': 'RepoNotFound' } : undefined
    return Response.json(isModel ? model : {}, {
      status: isModel ? status : 404,
      ...(code && { headers: code }),
    })
  }
  return { asked, line: lineTo(ROUTER, { fetch }) }
}
const modelWith = (template: string | undefined, more: object = {}): object => ({
  id: 'org/m',
  pipeline_tag: 'text-generation',
  gated: false,
  ...(template !== undefined && { config: { tokenizer_config: { chat_template: template } } }),
  ...more,
})
/** What another process would load. */
async function process() {
  vi.resetModules()
  return import('./model-hints.ts')
}
async function written(): Promise<string> {
  for (;;) {
    const name = readdirSync(folder).find((file) => file.endsWith('.json'))
    if (name) return join(folder, name)
    await delay(2)
  }
}

describe('hints', () => {
  test('tell of a model whose template has no system role', async () => {
    const { line, asked } = hub(modelWith(NO_SYSTEM))
    const { hintsOf, seesByHub } = await process()
    expect(await hintsOf(line, 'org/m')).toMatchObject({ system: 'fold' })
    expect(await seesByHub(line, 'org/m')).toBe(false)
    expect(asked).toEqual(['https://huggingface.co/api/models/org/m Bearer hf_secret'])
  })

  test('distrust the system role of a model without a template', async () => {
    const { hintsOf } = await process()
    expect(await hintsOf(hub(modelWith(undefined)).line, 'org/m')).toEqual({ system: 'fold' })
  })

  test.each([
    ['image-text-to-text', true],
    ['any-to-any', true],
    ['text-generation', false],
    ['feature-extraction', undefined],
  ])('say of the task %s whether pictures are seen: %s', async (task, sees) => {
    const { seesByHub } = await process()
    expect(await seesByHub(hub(modelWith(undefined, { pipeline_tag: task })).line, 'org/m')).toBe(sees)
  })

  test('are none of a model that the Hub does not know, or while it cannot be reached', async () => {
    const { hintsOf } = await process()
    expect(await hintsOf(hub({}, 404).line, 'org/m')).toBeUndefined()
    const gone = lineTo(ROUTER, { fetch: () => Promise.reject(new TypeError('fetch failed')) })
    expect(await hintsOf(gone, 'org/other')).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  })

  test('are not asked for where there is no Hub behind, or no id of one', async () => {
    const { line, asked } = hub(modelWith(undefined))
    const { cardOf, hintsOf } = await process()
    for (const id of ['gpt-4', 'a/b/c', '../x', 'a/b?c']) expect(await hintsOf(line, id)).toBeUndefined()
    const { isRouter: _isRouter, ...own } = line.provider
    expect(await cardOf({ ...line, provider: own }, 'org/m')).toBeUndefined()
    expect(asked).toEqual([])
  })

  test('show the token to the Hub only where the line is to the router itself', async () => {
    const { line, asked } = hub(modelWith(undefined))
    await (await process()).cardOf({ ...line, baseUrl: 'https://proxy.example/v1' }, 'org/m')
    expect(asked[0]).toBe('https://huggingface.co/api/models/org/m no token')
  })
})

describe('a card', () => {
  test('is asked for once, by this process and the next, for a week', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01') })
    const { line, asked } = hub(modelWith(NO_SYSTEM))
    const { cardOf } = await process()
    const card = await cardOf(line, 'org/m')
    expect(await cardOf(line, 'org/m')).toBe(card)
    const path = await written()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).not.toContain('hf_secret')
    vi.setSystemTime(Date.now() + 6 * 24 * 3_600_000)
    const next = await process()
    expect(await next.hintsOf(line, 'org/m')).toMatchObject({ system: 'fold' })
    expect((await next.cardOf(line, 'org/m'))?.at).toBe(card?.at)
    expect(asked).toHaveLength(1)
    vi.setSystemTime(Date.now() + 2 * 24 * 3_600_000)
    await (await process()).cardOf(line, 'org/m')
    expect(asked).toHaveLength(2)
  })

  test.each(['{', '{"at": 1e15, "value": {"hub": 5}}'])(
    'that is damaged on disk is asked for again: %s',
    async (text) => {
      const { line, asked } = hub(modelWith(NO_SYSTEM))
      await (await process()).cardOf(line, 'org/m')
      writeFileSync(await written(), text)
      expect(await (await process()).hintsOf(line, 'org/m')).toMatchObject({ system: 'fold' })
      expect(asked).toHaveLength(2)
    },
  )

  test('that could not be had is not asked for again at once, but soon', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01') })
    const { line, asked } = hub({}, 503)
    const { cardOf } = await process()
    expect(await cardOf(line, 'org/m')).toBeUndefined()
    expect(await cardOf(line, 'org/m')).toBeUndefined()
    expect(asked).toHaveLength(1)
    vi.setSystemTime(Date.now() + 6 * 60_000)
    await cardOf(line, 'org/m')
    expect(asked).toHaveLength(2)
  })
})

describe('the facts of a template', () => {
  test('are heeded where they forbid something, and are nothing else', () => {
    expect(capabilitiesOf(UNKNOWN)).toBeUndefined()
    expect(capabilitiesOf({ ...UNKNOWN, system: 'role', content: 'both', tools: true })).toBeUndefined()
    expect(capabilitiesOf({ ...UNKNOWN, system: 'refused' })).toEqual({ system: 'fold' })
    expect(capabilitiesOf({ ...UNKNOWN, system: 'dropped', content: 'parts' })).toEqual({
      system: 'fold',
      content: 'parts',
    })
  })
})
