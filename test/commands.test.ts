import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
// @ts-expect-error: a script, which has no types
import { PAGE, pageOf } from '../scripts/command-pages.mjs'
import { allOf, declared, nameOf } from '../src/cli/args.ts'

test('docs/commands.md has the help of every command as it is (node scripts/command-pages.mjs)', () => {
  for (const name of ['NATTER_MODEL', 'NATTER_ECHO', 'REDIS_URL']) vi.stubEnv(name, undefined)
  const commands = allOf(declared(() => undefined))
  expect(readFileSync(PAGE, 'utf8')).toBe(
    (pageOf as (all: typeof commands, name: typeof nameOf) => string)(commands, nameOf),
  )
  vi.unstubAllEnvs()
})

test('every command says what it is for, and so does each of its options', () => {
  for (const command of allOf(declared(() => undefined))) {
    expect([nameOf(command), command.description()]).not.toContain('')
    for (const { long, description } of command.options)
      expect([nameOf(command), long, description]).not.toContain('')
  }
})
