import { readFileSync, readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as natter from 'natter'
import { PROVIDERS, chat } from '../src/chats.ts'
import { authorizer } from '../src/providers/auth.ts'
import type { ProviderFacts } from '../src/providers/provider.ts'
import { PLACES } from './places.ts'
// @ts-expect-error: a script, which has no types
import { withTable } from '../scripts/providers-table.mjs'

const FOLDER = 'src/providers'

/** Everything in the folder that is a provider. */
async function onDisk(): Promise<readonly (readonly [file: string, facts: ProviderFacts])[]> {
  const files = readdirSync(FOLDER).filter((name) => /^[^.]+\.ts$/.test(name))
  const found = await Promise.all(
    files.map(async (file) => {
      const module = (await import(`../src/providers/${file.replace(/\.ts$/, '')}.ts`)) as Readonly<
        Record<string, unknown>
      >
      return Object.values(module)
        .filter(isFacts)
        .map((facts) => [file, facts] as const)
    }),
  )
  return found.flat()
}

const isFacts = (value: unknown): value is ProviderFacts =>
  typeof value === 'object' && value !== null && 'dialect' in value && 'auth' in value

describe('every provider', () => {
  test('that has a file has a row', async () => {
    const files = await onDisk()
    expect(files.length).toBeGreaterThanOrEqual(22)
    for (const [file, facts] of files) expect([file, PROVIDERS.has(facts.id)]).toEqual([file, true])
    expect(new Set(files.map(([, { id }]) => id))).toEqual(new Set(PROVIDERS.keys()))
  })

  test.each(['README.md', 'docs/providers.md'])('stands in %s as its data say', async (path) => {
    const page = readFileSync(path, 'utf8')
    expect(
      await (withTable as (page: string, all: typeof PROVIDERS) => Promise<string>)(page, PROVIDERS),
    ).toBe(page)
  })

  test('has a constructor in the public list, an id of plain words, and pages that are addresses', async () => {
    const all = natter as Readonly<Record<string, unknown>>
    for (const [id, { facts, construct, list }] of PROVIDERS) {
      expect(all[construct.name]).toBe(construct)
      expect(all[construct.name.replace('chat', 'models')]).toBe(list)
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
      const { page: made = facts.docs } = facts.auth
      for (const page of [facts.docs, typeof made === 'string' ? made : await made()])
        expect(URL.canParse(page.split(' ')[0] ?? ''), page).toBe(true)
    }
  })
})

const KEY = 'ambient-key-0123456789'

describe('a key of the environment', () => {
  beforeEach(() => {
    // Whatever the tester's own environment holds.
    for (const name of Object.keys(process.env))
      if (/_(?:KEY|TOKEN|PAT|HOST|URL|ENDPOINT|SECRET|PROFILE|CREDENTIALS)/.test(name))
        vi.stubEnv(name, undefined)
    vi.stubEnv('HOME', '/nowhere')
    vi.spyOn(process, 'emitWarning').mockReturnValue()
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  const withKey = [...PROVIDERS].filter(([, { facts }]) => facts.auth.variables.length > 0)

  test.each(withKey)('of %s goes to its own host, by each of its variables', async (id, { facts }) => {
    for (const variable of facts.auth.variables) {
      vi.stubEnv(variable, KEY)
      const { provider } = chat(`${id}/m`, PLACES[id])
      const request = { method: 'POST', url: provider.baseUrl, headers: {}, body: '' }
      const headers = await authorizer(provider, provider.baseUrl)(request)
      expect(Object.values(headers).join(), variable).toMatch(new RegExp(`^(Bearer )?${KEY}$`))
      vi.stubEnv(variable, undefined)
    }
  })

  test.each([...PROVIDERS])('of %s goes to no foreign host', async (id, { facts }) => {
    for (const name of [...facts.auth.variables, ...(facts.auth.chainVariables ?? [])]) vi.stubEnv(name, KEY)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEY)
    vi.stubEnv('AZURE_TENANT_ID', 'tenant')
    vi.stubEnv('AZURE_CLIENT_ID', 'client')
    const seen: string[] = []
    const fetch = (async (url, init) => {
      seen.push(JSON.stringify([url, ...new Headers(init?.headers)]))
      return new Response('{}', { status: 400 })
    }) as typeof globalThis.fetch
    for (const baseUrl of [
      'https://example.com/v1',
      'http://api.openai.com/v1',
      'https://amazonaws.com.example.com',
    ])
      await chat(`${id}/m`, { ...PLACES[id], baseUrl, fetch, retries: 0, echo: 'none' })
        .chat('Hi')
        .catch((error: unknown) => seen.push(String(error)))
    expect(seen.length).toBeGreaterThanOrEqual(3)
    expect(seen.join()).not.toMatch(/ambient-key|AWS4-HMAC/)
  })

  test.each([
    ['openai', 'OPENAI_BASE_URL', 'OPENAI_API_KEY'],
    ['ollama', 'OLLAMA_BASE_URL', 'OLLAMA_API_KEY'],
    ['lmstudio', 'LMSTUDIO_BASE_URL', 'LMSTUDIO_API_KEY'],
    ['azure-openai', 'AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_API_KEY'],
  ])('of %s goes where %s says', async (id, address, variable) => {
    vi.stubEnv(address, 'https://gateway.example.com/v1')
    vi.stubEnv(variable, KEY)
    const { provider } = chat(`${id}/m`)
    expect(provider.baseUrl).toMatch(/^https:\/\/gateway\.example\.com/)
    const request = { method: 'POST', url: provider.baseUrl, headers: {}, body: '' }
    const headers = await authorizer(provider, provider.baseUrl)(request)
    expect(Object.values(headers).join()).toContain(KEY)
  })
})
