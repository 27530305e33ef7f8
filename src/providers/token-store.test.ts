import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { findKey } from './auth.ts'
import { huggingface } from './huggingface.ts'
import { forgetToken, storeToken, tokenPath } from './token-store.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'natter-token-'))
  for (const name of [
    'HF_TOKEN',
    'HUGGINGFACE_API_KEY',
    'HUGGING_FACE_HUB_TOKEN',
    'HF_TOKEN_PATH',
    'XDG_CACHE_HOME',
  ])
    vi.stubEnv(name, '')
  vi.stubEnv('HF_HOME', join(home, 'hf'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const named = (): string => readFileSync(join(home, 'hf', 'stored_tokens'), 'utf8')

describe('a token that is stored', () => {
  test('is where the library looks for it, and only its owner can read it', async () => {
    const path = await storeToken('hf_one')
    expect(path).toBe(join(home, 'hf', 'token'))
    expect(findKey(huggingface.auth)?.key).toBe('hf_one')
    expect(readFileSync(path, 'utf8')).toBe('hf_one')
    expect([modeOf(path), modeOf(join(home, 'hf', 'stored_tokens')), modeOf(join(home, 'hf'))]).toEqual([
      '600',
      '600',
      '700',
    ])
    expect(readdirSync(join(home, 'hf')).toSorted()).toEqual(['stored_tokens', 'token'])
  })

  test('takes the place of another, and is then closed to others', async () => {
    mkdirSync(join(home, 'hf'))
    writeFileSync(join(home, 'hf', 'token'), 'hf_old', { mode: 0o644 })
    chmodSync(join(home, 'hf', 'token'), 0o644)
    const path = await storeToken('hf_new')
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['hf_new', '600'])
  })

  test('stands among the named ones, which stay as they are', async () => {
    mkdirSync(join(home, 'hf'))
    writeFileSync(
      join(home, 'hf', 'stored_tokens'),
      '[work]\nhf_token = hf_work\n\n[home]\nhf_token = hf_home',
    )
    await storeToken('hf_one')
    await storeToken('hf_two')
    expect(named()).toBe(
      '[work]\nhf_token = hf_work\n\n[home]\nhf_token = hf_home\n[natter]\nhf_token = hf_two\n\n',
    )
  })

  test('is kept at HF_TOKEN_PATH where that is set, and a link stays one', async () => {
    writeFileSync(join(home, 'real'), 'hf_old')
    symlinkSync(join(home, 'real'), join(home, 'link'))
    vi.stubEnv('HF_TOKEN_PATH', join(home, 'link'))
    await storeToken('hf_new')
    expect(readFileSync(join(home, 'real'), 'utf8')).toBe('hf_new')
    expect(lstatSync(join(home, 'link')).isSymbolicLink()).toBe(true)
  })

  test('is in the cache folder of the person where nothing is set', () => {
    vi.stubEnv('HF_HOME', '')
    expect(tokenPath()).toMatch(/\.cache[\\/]huggingface[\\/]token$/)
    vi.stubEnv('XDG_CACHE_HOME', join(home, 'xdg'))
    expect(tokenPath()).toBe(join(home, 'xdg', 'huggingface', 'token'))
  })

  test('leaves nothing behind where it cannot be written', async () => {
    mkdirSync(join(home, 'hf', 'token'), { recursive: true })
    await expect(storeToken('hf_one')).rejects.toThrow()
    expect(readdirSync(join(home, 'hf'))).toEqual(['token'])
  })
})

describe('a token that is forgotten', () => {
  test('is gone, with our name for it, and nothing else', async () => {
    mkdirSync(join(home, 'hf'))
    writeFileSync(join(home, 'hf', 'stored_tokens'), '[work]\nhf_token = hf_work\n\n')
    writeFileSync(join(home, 'hf', 'other'), 'kept')
    const path = await storeToken('hf_one')
    expect(await forgetToken()).toBe(path)
    expect(readdirSync(join(home, 'hf')).toSorted()).toEqual(['other', 'stored_tokens'])
    expect(named()).toBe('[work]\nhf_token = hf_work\n\n')
    expect(findKey(huggingface.auth)).toBeUndefined()
  })

  test('takes the file of names with it where no other is in it', async () => {
    await storeToken('hf_one')
    await forgetToken()
    expect(existsSync(join(home, 'hf', 'stored_tokens'))).toBe(false)
  })

  test('may not have been there', async () => {
    expect(await forgetToken()).toBeUndefined()
    expect(existsSync(join(home, 'hf'))).toBe(false)
  })
})
