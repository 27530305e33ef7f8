import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { HOME, type Outcome, build, cleanUp, natter } from './cli/command.ts'
import { startRemote, stream } from './cli/remote.ts'
import { Screen, hasTmux } from './cli/screen.ts'

beforeAll(build, 120_000)
let screen: Screen | undefined
afterEach(() => screen?.close())
afterAll(cleanUp)

const QUESTION = 'What can you do?'
const run = (...args: readonly string[]): Promise<Outcome> => natter(['compare', ...args])

test('several models are asked the same, and each says what it took', async () => {
  const { code, stdout } = await run('-m', 'natter-tiny', '-m', 'local/natter-tiny', '--json', QUESTION)
  expect(code).toBe(0)
  const [one, other] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(one).toMatchObject({
    model: 'natter-tiny',
    error: null,
    finish: 'stop',
    text: expect.stringMatching(/natter-tiny/) as string,
  })
  expect(one?.['firstText']).toBeLessThanOrEqual(one?.['duration'] as number)
  expect(other).toMatchObject({ model: 'local/natter-tiny' })
})

test('one that cannot answer says why, and the other is shown', async () => {
  const { code, stdout } = await run('-m', 'natter-tiny', '-m', 'groq/llama-3.1-8b-instant', QUESTION)
  expect(code).toBe(0)
  expect(stdout).toContain('I am natter-tiny')
  expect(stdout).toContain('GROQ_API_KEY')
})

test('where none answers it fails, and one alone is no comparison', async () => {
  expect(await run('-m', 'groq/a', '-m', 'groq/b', 'Hello')).toMatchObject({ code: 1 })
  expect(await run('-m', 'groq/a', 'Hello')).toMatchObject({ code: 2, stdout: '' })
  expect(await run('-m', 'groq/a', '-m', 'groq/b')).toMatchObject({ code: 2, stdout: '' })
})

test.skipIf(!hasTmux)('answers grow side by side, and none is there twice at the end', async () => {
  const remote = await startRemote()
  remote.answer = (_, response) =>
    stream(
      response,
      Array.from({ length: 20 }, (_word, at) => `word${at} `),
      { pause: 50 },
    )
  screen = new Screen('compare -m lmstudio/one -m lmstudio/other Count', { LMSTUDIO_BASE_URL: remote.url })
  const early = await screen.shows(/word3 .*│ .*word3/)
  expect(early).not.toContain('word19')
  const late = await screen.shows('left with 0')
  expect(late.match(/word19/g)).toHaveLength(2)
  expect(late.match(/word0 /g)).toHaveLength(2)
  remote.close()
})

test.skipIf(!hasTmux)('answers stand side by side on a wide terminal', async () => {
  screen = new Screen(`compare -m natter-tiny -m local/natter-tiny '${QUESTION}'`, { HOME })
  const text = await screen.shows('left with 0')
  expect(text).toMatch(/^natter-tiny\s+│ local\/natter-tiny$/m)
  expect(text).toMatch(/^I am natter-tiny.*│ I am natter-tiny/m)
  expect(text).toMatch(/in all.*│.*in all/)
})
