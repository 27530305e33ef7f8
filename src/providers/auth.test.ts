import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { chatHuggingFace } from '../chats-hosts.ts'
import { type Credentials, authorizer, findKey } from './auth.ts'
import { huggingface } from './huggingface.ts'
import { openaiCompatible } from './openai-compatible.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'natter-home-'))
  for (const name of [
    'HF_TOKEN',
    'HUGGINGFACE_API_KEY',
    'HUGGING_FACE_HUB_TOKEN',
    'HF_TOKEN_PATH',
    'HF_HOME',
    'XDG_CACHE_HOME',
  ])
    vi.stubEnv(name, '')
  vi.stubEnv('HOME', home)
  vi.stubEnv('USERPROFILE', home)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

function write(token: string, ...path: readonly string[]): string {
  const file = join(home, ...path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, token)
  return file
}

const REQUEST = { method: 'POST', url: 'https://example.com/', headers: {}, body: '{}' }

const keyAt = async (baseUrl: string): Promise<string | undefined> =>
  (await authorizer(huggingface, baseUrl)(REQUEST)).authorization

describe("Hugging Face's token", () => {
  test('is looked for in all places, in the order that is documented', () => {
    write('hf_cache\n', '.cache', 'huggingface', 'token')
    expect(findKey(huggingface.auth)?.key).toBe('hf_cache')
    vi.stubEnv('HF_HOME', join(write('hf_home', 'hub', 'token'), '..'))
    expect(findKey(huggingface.auth)?.key).toBe('hf_home')
    vi.stubEnv('HF_TOKEN_PATH', write('hf_path', 'elsewhere'))
    expect(findKey(huggingface.auth)?.key).toBe('hf_path')
    for (const name of ['HUGGING_FACE_HUB_TOKEN', 'HUGGINGFACE_API_KEY', 'HF_TOKEN']) {
      vi.stubEnv(name, `hf_${name}`)
      expect(findKey(huggingface.auth)).toMatchObject({ key: `hf_${name}`, place: name })
    }
  })

  test('is not taken from an empty variable or file, and is trimmed', () => {
    vi.stubEnv('HF_TOKEN', '  \n')
    vi.stubEnv('HF_TOKEN_PATH', write('  \n', 'empty'))
    write(' hf_cache \r\n', '.cache', 'huggingface', 'token')
    expect(findKey(huggingface.auth)?.key).toBe('hf_cache')
  })

  test('is not found where a path leads nowhere', () => {
    vi.stubEnv('HF_TOKEN_PATH', join(home, 'no', 'such', 'file'))
    vi.stubEnv('HF_HOME', home)
    expect(findKey(huggingface.auth)).toBeUndefined()
  })

  test('is found below XDG_CACHE_HOME, as huggingface_hub does', () => {
    vi.stubEnv('XDG_CACHE_HOME', join(home, 'xdg'))
    write('hf_xdg', 'xdg', 'huggingface', 'token')
    expect(findKey(huggingface.auth)?.key).toBe('hf_xdg')
  })

  test('that is missing is an error that names every place and the page where one is made', async () => {
    const error: unknown = await chatHuggingFace()
      .chat('hi')
      .catch((it: unknown) => it)
    expect(error).toMatchObject({ name: 'ChatError', code: 'no-key', provider: 'Hugging Face' })
    for (const place of [
      'HF_TOKEN',
      'HUGGINGFACE_API_KEY',
      'HUGGING_FACE_HUB_TOKEN',
      'HF_TOKEN_PATH',
      '$HF_HOME/token',
      '~/.cache/huggingface/token',
      'apiKey',
      'Make calls to Inference Providers',
      'https://huggingface.co/settings/tokens/new?',
    ])
      expect(String(error)).toContain(place)
  })

  test('of the environment goes to Hugging Face and this machine only', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_ambient')
    for (const url of [
      'https://router.huggingface.co/v1',
      'https://abc.us-east-1.aws.endpoints.huggingface.cloud/v1',
      'http://127.0.0.1:8080/v1',
      'http://localhost:8080/v1',
      'http://[::1]:8080/v1',
    ])
      expect([url, await keyAt(url)]).toEqual([url, 'Bearer hf_ambient'])
    for (const url of [
      'https://123--8000.hf.jobs/v1',
      'https://someone-demo.hf.space/v1',
      'https://api.example.com/v1',
      'http://router.huggingface.co/v1',
      'https://huggingface.co.example.com/v1',
      'https://evilhuggingface.co/v1',
      'https://example.com/huggingface.co/v1',
      'https://huggingface.co@example.com/v1',
      'http://127.0.0.1.example.com/v1',
      'http://192.168.1.5:8080/v1',
    ])
      expect([url, await keyAt(url)]).toEqual([url, undefined])
  })

  test('that is passed goes wherever the caller says', async () => {
    const authorize = authorizer(huggingface, 'https://api.example.com/v1', 'hf_passed')
    expect(await authorize(REQUEST)).toEqual({ authorization: 'Bearer hf_passed' })
  })

  test('is looked up at each request', async () => {
    const authorize = authorizer(huggingface, huggingface.baseUrl)
    vi.stubEnv('HF_TOKEN', 'hf_first')
    expect(await authorize(REQUEST)).toEqual({ authorization: 'Bearer hf_first' })
    vi.stubEnv('HF_TOKEN', 'hf_second')
    expect(await authorize(REQUEST)).toEqual({ authorization: 'Bearer hf_second' })
  })

  test('is not needed by a server of your own', async () => {
    expect(await keyAt('http://127.0.0.1:8080/v1')).toBeUndefined()
    vi.stubEnv('HF_TOKEN', 'hf_ambient')
    const own = openaiCompatible('http://127.0.0.1:8080/v1', 'mine')
    expect(await authorizer(own, own.baseUrl)(REQUEST)).toEqual({})
  })
})

describe('apiKey and credentials', () => {
  const { baseUrl } = huggingface

  test('exclude each other', () => {
    expect(() => authorizer(huggingface, baseUrl, 'hf_a', () => 'hf_b')).toThrow(
      /apiKey or credentials, not both/,
    )
  })

  test.each<[unknown]>([[''], ['  '], ['hf_a b'], ['hf_\nb'], ['hf_“quoted”'], [42], [null]])(
    '%j is no key',
    (key) => {
      expect(() => authorizer(huggingface, baseUrl, key as string)).toThrow(TypeError)
      if (typeof key === 'string' && key.trim() !== '')
        expect(() => authorizer(huggingface, baseUrl, key)).not.toThrow(key.trim())
    },
  )

  test('a key is trimmed', async () => {
    expect(await authorizer(huggingface, baseUrl, ' hf_a\n')(REQUEST)).toEqual({
      authorization: 'Bearer hf_a',
    })
  })

  test.each<[string, Credentials, object]>([
    ['a key', () => 'hf_a', { authorization: 'Bearer hf_a' }],
    ['a promise of a key', async () => 'hf_a', { authorization: 'Bearer hf_a' }],
    ['headers', () => ({ 'x-key': 'a' }), { 'x-key': 'a' }],
    ['a promise of headers', async () => ({ 'x-key': 'a' }), { 'x-key': 'a' }],
    [
      'what only can be awaited',
      // A thenable of another library, no Promise of ours.
      () =>
        Object.setPrototypeOf(Promise.resolve('hf_a'), Object.create(Promise.prototype)) as Promise<string>,
      { authorization: 'Bearer hf_a' },
    ],
  ])('a function may give %s', async (_name, credentials, expected) => {
    expect(await authorizer(huggingface, baseUrl, undefined, credentials)(REQUEST)).toEqual(expected)
  })

  test('the function is called for each request', async () => {
    let n = 0
    const authorize = authorizer(huggingface, baseUrl, undefined, () => `hf_${++n}`)
    expect(n).toBe(0)
    expect([await authorize(REQUEST), await authorize(REQUEST)]).toEqual([
      { authorization: 'Bearer hf_1' },
      { authorization: 'Bearer hf_2' },
    ])
  })

  test.each<[unknown]>([[undefined], [null], [''], [42], [['a']]])(
    'a function that gives %j is told so',
    async (result) => {
      const authorize = authorizer(huggingface, baseUrl, undefined, () => result as string)
      await expect((async () => authorize(REQUEST))()).rejects.toThrow(/credentials/)
    },
  )

  test('credentials that are no function are refused', () => {
    expect(() => authorizer(huggingface, baseUrl, undefined, 'hf_a' as unknown as Credentials)).toThrow(
      /credentials must be a function/,
    )
  })
})
