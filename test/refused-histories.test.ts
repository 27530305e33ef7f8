import type { ServerResponse } from 'node:http'
import { type ChatOptions, chatOpenAICompatible, t, tool } from 'natter'
import { fakeModel } from 'natter/testing'
import { expect, test } from 'vitest'
import { type Asked, json, loopback } from './loopback.ts'
import { anthropicMessages } from './scenarios/anthropic-messages.ts'
import { openaiResponses } from './scenarios/openai-responses.ts'
import type { DialectRow } from './scenarios/served.ts'

// Servers that refuse a conversation for what another one, or another account, has put into it.

/** A server that answers what `flaw` finds no fault with, and the chat that talks to it. */
async function strict(
  row: DialectRow,
  flaw: (body: string) => { readonly message: string; readonly code?: string } | undefined,
  options: ChatOptions = {},
) {
  const server = await loopback((reply: ServerResponse, { body, path }: Asked) => {
    const error = flaw(JSON.stringify(body))
    if (error) return json(reply, 400, { type: 'error', error: { type: 'invalid_request_error', ...error } })
    const { pieces } = row.speak!({ thinking: 'Hm.', text: 'Fine.' }, { path, body })
    return json(reply, 200, pieces[0])
  })
  const chat = row.chat({
    model: 'm',
    apiKey: 'k',
    retries: 0,
    adjust: 'silent',
    ...options,
    baseUrl: server.url,
  })
  const bodies = (): readonly string[] => server.asked.map(({ body }) => JSON.stringify(body))
  return { chat, bodies }
}

test('a model that must begin with thinking goes on from another’s calls without it', async () => {
  const now = tool({ name: 'now', description: 'd', input: t.object({}), run: () => '12:00' })
  // As the API says it since Claude 3.7.
  const message =
    'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final ' +
    '`assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).'
  const { chat: claude, bodies } = await strict(
    anthropicMessages,
    (body) =>
      body.includes('"budget_tokens"') && /"tool_result"[^[]*\]\}\]/.test(body) ? { message } : undefined,
    { params: { reasoningTokens: 2000 } },
  )
  const chat = chatOpenAICompatible({
    model: 'm',
    baseUrl: 'http://fake.test/v1',
    tools: [now],
    adjust: 'silent',
    fetch: fakeModel([{ toolCalls: [{ name: 'now' }] }]),
    retries: 0,
  })
  // The calls were run, and their results could not be told.
  await expect(chat.chat('When?')).rejects.toThrow()
  expect(chat.turns.at(-1)).toMatchObject({ contents: [{ type: 'tool-result' }] })
  chat.use(claude)
  expect(await chat.chat('Well?')).toBe('Fine.')
  expect(chat.lastTurn('assistant')?.adjustments).toMatchObject([
    { type: 'parameter', name: 'reasoningTokens', message: expect.stringContaining('another one made') },
  ])
  expect(bodies().map((body) => body.includes('"thinking":{"type":"enabled"'))).toEqual([true, false])
  // It is no fact about the model: the next prompt is thought about again.
  expect(await chat.chat('And?')).toBe('Fine.')
  expect(bodies().at(-1)).toContain('"thinking":{"type":"enabled"')
})

test.each([
  [
    'OpenAI’s words',
    openaiResponses,
    '"sealed"',
    {
      message: 'The encrypted content for item rs_1 could not be verified.',
      code: 'invalid_encrypted_content',
    },
  ],
  [
    'Anthropic’s words',
    anthropicMessages,
    '"signed"',
    { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' },
  ],
])(
  'state that its own server cannot read any more is left out for good: %s',
  async (_, row, state, error) => {
    let isOutdated = false
    const { chat, bodies } = await strict(row, (body) =>
      isOutdated && body.includes(state) ? error : undefined,
    )
    await chat.chat('1')
    await chat.chat('2')
    expect(bodies()[1]).toContain(state)
    isOutdated = true
    expect(await chat.chat('3')).toBe('Fine.')
    expect(chat.lastTurn('assistant')?.adjustments).toMatchObject([{ type: 'history', name: 'opaque' }])
    expect(chat.turns).toHaveLength(6)
    expect(bodies()).toHaveLength(4)
    // What the new answer sealed is good, and nothing else is left.
    isOutdated = false
    await chat.chat('4')
    expect(bodies().at(-1)?.split(state)).toHaveLength(2)
    const text = (body?: string): number => body?.split('Fine.').length ?? 0
    expect(text(bodies().at(-1))).toBe(4)
  },
)

test('a request that may not be changed is not', async () => {
  const error = { message: 'The encrypted content for item rs_1 could not be verified.' }
  const { chat, bodies } = await strict(
    openaiResponses,
    (body) => (body.includes('"sealed"') ? error : undefined),
    { adjust: 'error' },
  )
  await chat.chat('1')
  await expect(chat.chat('2')).rejects.toMatchObject({ code: 'bad-request', status: 400 })
  expect(bodies()).toHaveLength(2)
})
