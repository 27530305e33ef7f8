import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { handClock, printed } from '../../test/token-server.ts'
import { cliToken } from './databricks-cli.ts'

const ORIGIN = 'https://dbc.example'
const { now } = handClock()

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-databricks-'))
  vi.stubEnv('PATH', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** Installs a `databricks` that runs this script. */
function install(script: string): void {
  const path = join(folder, 'databricks')
  writeFileSync(path, `#!${process.execPath}\n${script}\n`)
  chmodSync(path, 0o755)
}

const print = (value: object): void => install(`console.log(${JSON.stringify(JSON.stringify(value))})`)

test('the CLI is asked for the workspace’s token, and says when that ends', async () => {
  install(
    `console.log(JSON.stringify({ access_token: process.argv.slice(2).join('_'), expiry: '2026-01-01T01:00:00.5+00:00' }))`,
  )
  expect(await cliToken(ORIGIN, now)).toEqual({
    value: `auth_token_--host_${ORIGIN}`,
    expiresAt: Date.UTC(2026, 0, 1, 1) + 500,
  })
})

test('a token without an end is asked for each time', async () => {
  print({ access_token: 'abc', token_type: 'Bearer' })
  expect(await cliToken(ORIGIN, now)).toEqual({ value: 'abc', expiresAt: now() })
})

test('a CLI that is not installed is told', async () => {
  expect(await cliToken(ORIGIN, now)).toEqual({ why: 'databricks is not installed' })
})

test('what the CLI complains of is told, and nothing that it printed', async () => {
  install(
    `console.log('{"access_token":"hidden-token"}'); console.error('Error: the refresh token\\nis invalid'); process.exit(1)`,
  )
  const silence = await cliToken(ORIGIN, now)
  expect(silence).toEqual({ why: 'Error: the refresh token is invalid' })
  expect(printed(silence)).not.toContain('hidden-token')
  install('process.exit(3)')
  expect(await cliToken(ORIGIN, now)).toEqual({ why: 'databricks auth token failed: 3' })
})

test.each([
  ['no JSON', 'Usage: databricks [OPTIONS]'],
  ['no token', '{"access_token":""}'],
  ['another thing', '[1]'],
])('a CLI that prints %s is told', async (_, text) => {
  install(`console.log(${JSON.stringify(text)})`)
  expect(await cliToken(ORIGIN, now)).toEqual({
    why: 'databricks auth token printed no token: is it older than 0.100?',
  })
})

test('a CLI that asks a person finds nobody, and one that hangs is ended', async () => {
  install(`process.stdin.on('end', () => console.log('{"access_token":"unasked"}')).resume()`)
  expect(await cliToken(ORIGIN, now)).toMatchObject({ value: 'unasked' })
  install('setInterval(() => {}, 1000)')
  const started = performance.now()
  expect(await cliToken(ORIGIN, now, 300)).toEqual({ why: 'databricks auth token was not done after 0.3 s' })
  expect(performance.now() - started).toBeLessThan(5000)
})
