import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Check } from './check.ts'
import { isOlder, machineChecks } from './doctor-machine.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-machine-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

async function cacheAt(path: string): Promise<Check | undefined> {
  vi.stubEnv('NATTER_CACHE', path)
  return (await machineChecks('http://127.0.0.1:9/v1')).find(({ name }) => name === 'cache')
}

test('a cache folder that is not there yet is well where it can be made', async () => {
  expect(await cacheAt(join(folder, 'new', 'cache'))).toMatchObject({ status: 'ok' })
})

test('a cache folder that is a file, or in one, is named with what to do', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'cache')])
    expect(await cacheAt(path)).toEqual({
      name: 'cache',
      status: 'warn',
      message: `${file} is no folder`,
      fix: 'set NATTER_CACHE to a folder that can be written, or to off',
    })
})

test.each([
  ['20.20.2', '20.19', false],
  ['20.19.0', '20.19', false],
  ['20.18.3', '20.19', true],
  ['18.99.0', '20.19', true],
  ['22.0.0', '20.19', false],
  ['100.1.0', '20.19', false],
])('%s is older than %s: %s', (has, wanted, older) => {
  expect(isOlder(has, wanted)).toBe(older)
})
