import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BIN, HOME, build, cleanUp, natter } from './cli/command.ts'

beforeAll(build, 120_000)
afterAll(cleanUp)

const scriptFor = async (shell: string): Promise<string> => {
  const { code, stdout } = await natter(['completion', shell])
  expect(code).toBe(0)
  const path = join(mkdtempSync(join(HOME, 'completion-')), `natter.${shell}`)
  writeFileSync(path, stdout)
  return path
}

/** What bash would offer for the last of these words. */
async function offered(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const path = await scriptFor('bash')
  const typed = words.map((word) => `'${word}'`).join(' ')
  const program = `source '${path}'; COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _natter; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', program], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

describe('bash', () => {
  test.each([
    [['natter', 'ses'], ['sessions']],
    [['natter', 'sessions', 'ex'], ['export']],
    [['natter', 'map', '--max-a'], ['--max-active']],
    [['natter', '--echo', 'o'], ['output']],
    [['natter', '-m', 'groq'], ['groq/']],
    [['natter', 'completion', 'no such'], ['']],
  ])('completes %j', async (words, all) => {
    expect(await offered(words)).toEqual(all)
  })
})

test('bash asks natter for short names of models, templates and conversations', async () => {
  const home = mkdtempSync(join(HOME, 'home-'))
  const config = { aliases: { big: 'org/big' }, templates: { review: '{{words}}' } }
  mkdirSync(join(home, '.config/natter'), { recursive: true })
  writeFileSync(join(home, '.config/natter/natter.config.json'), JSON.stringify(config))
  mkdirSync(join(home, 'bin'))
  symlinkSync(BIN, join(home, 'bin/natter'))
  await natter(['What can you do?'], { env: { HOME: home } })
  const env = { HOME: home, PATH: `${join(home, 'bin')}:${process.env['PATH']}` }
  expect(await offered(['natter', '-m', 'bi'], env)).toEqual(['big'])
  expect(await offered(['natter', '-t', ''], env)).toEqual(['review'])
  expect(await offered(['natter', '-c', '0'], env)).toEqual([expect.stringMatching(/^0[0-9a-z]{8,}$/)])
})

test.each(['zsh', 'fish'])('%s takes the script as it stands, where it is installed', async (shell) => {
  const path = await scriptFor(shell)
  const { error, status, stderr } = spawnSync(shell, ['-n', path], { encoding: 'utf8' })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test('another shell is told of', async () => {
  const { code, stderr } = await natter(['completion', 'tcsh'])
  expect(code).toBe(2)
  expect(stderr).toContain('bash, zsh, fish')
})
