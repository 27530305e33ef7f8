import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cacheFolder, keep, readKept } from './disk-cache.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-cache-'))
  vi.stubEnv('NATTER_CACHE', join(folder, 'natter'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})
const write = (name: string, text: string): void => {
  mkdirSync(join(folder, 'natter'), { recursive: true })
  writeFileSync(join(folder, 'natter', name), text)
}

test('what is kept is read again, with its time, from a file for its owner only', async () => {
  const before = Date.now()
  expect(await keep('some-name', { a: [1, null] })).toBe(true)
  expect(readKept('some-name')).toEqual({ at: expect.any(Number) as number, value: { a: [1, null] } })
  expect(readKept('some-name')?.at).toBeGreaterThanOrEqual(before)
  expect(statSync(join(folder, 'natter', 'some-name.json')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'natter')).mode & 0o777).toBe(0o700)
})

test('nothing is read of what was never kept', () => {
  expect(readKept('other')).toBeUndefined()
})

test.each([
  '',
  '{',
  'null',
  '[]',
  '"a"',
  '{"value": 1}',
  '{"at": "now", "value": 1}',
  '{"at": 1e999}',
  '\u0000',
])('a damaged file is none: %s', (text) => {
  write('damaged.json', text)
  expect(readKept('damaged')).toBeUndefined()
})

test('off keeps and reads nothing', async () => {
  await keep('a', 1)
  vi.stubEnv('NATTER_CACHE', 'off')
  expect(cacheFolder()).toBeUndefined()
  expect(await keep('b', 1)).toBe(false)
  expect(readKept('a')).toBeUndefined()
  expect(readdirSync(join(folder, 'natter'))).toEqual(['a.json'])
})

test('the folder is the one asked for, else that of the platform', () => {
  expect(cacheFolder()).toBe(join(folder, 'natter'))
  vi.stubEnv('NATTER_CACHE', '')
  vi.stubEnv('XDG_CACHE_HOME', folder)
  expect(cacheFolder()).toBe(join(folder, 'natter'))
  vi.stubEnv('XDG_CACHE_HOME', '')
  expect(cacheFolder()).toBe(join(homedir(), '.cache', 'natter'))
})

test('a place where nothing can be written is told of, not thrown', async () => {
  write('file', 'text')
  vi.stubEnv('NATTER_CACHE', join(folder, 'natter', 'file'))
  expect(await keep('a', 1)).toBe(false)
  expect(readKept('a')).toBeUndefined()
})
