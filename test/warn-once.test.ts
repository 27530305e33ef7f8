import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Chat, type Params } from 'natter'
import { chatWith } from '../src/chat-with.ts'
import { anthropicMessages, ollama, openaiResponses } from '../src/dialects/lazy-dialects.ts'
import { json, loopback } from './loopback.ts'
import { providerAt } from './provider.ts'

let warnings: readonly string[]
beforeEach(() => {
  warnings = []
  vi.spyOn(process, 'emitWarning').mockImplementation(
    (warning) => void (warnings = [...warnings, String(warning)]),
  )
})
afterEach(() => void vi.restoreAllMocks())

const OUTPUT = [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'ok' }] }]
const ROWS = [
  [openaiResponses, { seed: 1, topK: 4 }, { status: 'completed', output: OUTPUT }],
  [
    anthropicMessages,
    { seed: 1, logProbs: true },
    { type: 'message', content: [{ type: 'text', text: 'ok' }], stop_reason: 'end_turn' },
  ],
  [
    ollama,
    { reasoningTokens: 100 },
    { message: { role: 'assistant', content: 'ok' }, done: true, done_reason: 'stop' },
  ],
] as const

test.each(ROWS.map((row) => [row[0].id, ...row] as const))(
  '%s: what is not supported is left out of each request, and warned of once for a chat, its clones and each model',
  async (_, dialect, given, body) => {
    const server = await loopback((reply) => json(reply, 200, body))
    const params: Params = { temperature: 0.5, ...given }
    const names = Object.keys(given)
    const make = (): Chat => chatWith(providerAt(server.url, { dialect }), { params, retries: 0 })
    const chat = make()
    for (const prompt of ['one', 'two', 'three']) await chat.chat(prompt)
    const about = (model: string): readonly string[] =>
      names.map((name) => `Acme/${model}: ${name} was left out: ${model} takes no such parameter here`)
    expect(warnings).toEqual(about('m'))
    await chat.clone().chat('four')
    await chat.branch(2).chat('five')
    expect(warnings).toEqual(about('m'))
    chat.model = 'other'
    await chat.chat('six')
    await chat.chat('seven')
    expect(warnings).toEqual([...about('m'), ...about('other')])
    await make().chat('eight')
    expect(warnings).toEqual([...about('m'), ...about('other'), ...about('m')])
    // It is told on every turn, though it is warned of once.
    for (const turn of chat.turns)
      if (turn.role === 'assistant') expect(turn.adjustments?.map(({ name }) => name)).toEqual(names)
    expect(JSON.stringify(server.asked.map((asked) => asked.body))).not.toMatch(
      /"(?:seed|top_k|topK|reasoningTokens|logprobs|thinking)"/,
    )
  },
)
