import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build, cleanUp, natter } from './cli/command.ts'
import { completion, json, loopback } from './loopback.ts'

beforeAll(build, 120_000)
afterAll(cleanUp)

const KEY = 'sk-averysecretkey'

describe('natter providers', () => {
  test('lists who can be asked, and where a key was found, but no key', async () => {
    const { code, stdout } = await natter(['providers'], { env: { ANTHROPIC_API_KEY: KEY } })
    expect(code).toBe(0)
    expect(stdout).not.toContain(KEY)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^NAME +KEY +FROM +DEFAULT MODEL +DOCS$/)
    expect(lines.find((line) => line.startsWith('anthropic '))).toMatch(
      /^anthropic +key found +ANTHROPIC_API_KEY +claude-\S+ +https:\/\//,
    )
    expect(lines.find((line) => line.startsWith('openai '))).toMatch(/^openai +no key +OPENAI_API_KEY/)
    expect(lines.find((line) => line.startsWith('ollama '))).toMatch(/no key needed/)
  })

  test('gives one line of JSON for each, always with the same members', async () => {
    const { stdout } = await natter(['providers', '--json'], { env: { AWS_PROFILE: 'work' } })
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    const members = 'name,title,constructor,variables,found,needsKey,model,docs'
    expect(new Set(rows.map((row) => Object.keys(row).join()))).toEqual(new Set([members]))
    expect(rows.find(({ name }) => name === 'aws-bedrock')).toMatchObject({
      constructor: 'chatAwsBedrock',
      found: 'AWS_PROFILE',
    })
    expect(rows.find(({ name }) => name === 'azure-openai')).toMatchObject({ found: null, model: null })
  })
})

describe('natter -m provider/model', () => {
  test('asks that provider, in its own way', async () => {
    const server = await loopback((reply) =>
      json(reply, 200, {
        type: 'message',
        role: 'assistant',
        model: 'claude-x',
        content: [{ type: 'text', text: 'Hello.' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    )
    const asked = await natter(['-m', 'claude/claude-x', '--no-stream', '--base-url', server.url, 'Hi'], {
      env: { ANTHROPIC_API_KEY: KEY },
    })
    expect(asked).toMatchObject({ code: 0, stdout: 'Hello.\n' })
    expect(server.asked[0]).toMatchObject({ path: '/v1/messages', body: { model: 'claude-x' } })
    expect(server.asked[0]?.headers).toMatchObject({ 'x-api-key': KEY, 'anthropic-version': '2023-06-01' })
  })

  test('without a model asks its default one, and without a key says where it was looked for', async () => {
    const server = await loopback((reply) => json(reply, 200, completion('Hi.')))
    const asked = await natter(['-m', 'groq', '--no-stream', '--base-url', server.url, 'Hi'])
    expect(asked).toMatchObject({ code: 0, stdout: 'Hi.\n' })
    expect(server.asked[0]?.body).toMatchObject({ model: 'openai/gpt-oss-20b' })
    const refused = await natter(['-m', 'mistral', 'Hi'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/Mistral needs a key.*MISTRAL_API_KEY/)
  })

  test.each([
    ['ollama', /no default model.*ollama list/],
    ['vllm/m', /vllm needs --base-url/],
    ['cloudflare', /no account of Cloudflare is known/],
  ])('%s alone is wrong use, and says what is missing', async (name, words) => {
    const { code, stderr } = await natter(['-m', name, 'Hi'])
    expect(stderr).toMatch(words)
    expect(code).toBe(2)
  })
})
