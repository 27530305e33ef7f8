import { describe, expect, test } from 'vitest'
import type { ChatOptions } from 'natter'
import { chatWith } from '../src/chat-with.ts'
import { PROVIDERS } from '../src/chats.ts'
import { openaiChat as dialect } from '../src/dialects/openai-chat.ts'
import type { Provider } from '../src/providers/provider.ts'
import { scenarios } from './scenarios/all.ts'
import { anthropicMessages } from './scenarios/anthropic-messages.ts'
import { bedrockConverse } from './scenarios/bedrock-converse.ts'
import { cortexComplete } from './scenarios/cortex-complete.ts'
import { essentials } from './scenarios/essentials.ts'
import { gemini } from './scenarios/gemini.ts'
import { ollama } from './scenarios/ollama.ts'
import { openaiChat } from './scenarios/openai-chat.ts'
import { openaiResponses } from './scenarios/openai-responses.ts'
import type { DialectRow } from './scenarios/served.ts'

// Every dialect has all scenarios in a file of its own; here every provider has the essential ones, by its own constructor.

const ROWS = new Map(
  [openaiChat, openaiResponses, anthropicMessages, gemini, bedrockConverse, ollama, cortexComplete].map(
    (row) => [row.id, row],
  ),
)

/** Neither tools nor forms nor a system prompt: it has tests of its own. */
const APART = new Set(['cortex-analyst'])

test('every provider speaks a dialect that has a row', () => {
  const without = [...PROVIDERS.values()].filter(
    ({ facts }) => !ROWS.has(facts.dialect.id) && !APART.has(facts.dialect.id),
  )
  expect(without).toEqual([])
})

const SERVED = [...PROVIDERS].flatMap(([id, { facts, construct }]) => {
  const row = ROWS.get(facts.dialect.id)
  return row ? [{ ...row, id, chat: (options: ChatOptions) => construct(options) }] : []
})

describe.each(SERVED)('$id', (row) => void essentials(row))

describe('a provider that nobody has heard of', () => {
  // This value is all there is of it.
  const acme: Provider = {
    id: 'acme',
    name: 'Served', // as the scenarios call whoever is served
    docs: 'https://docs.acme.example/chat',
    baseUrl: 'https://api.acme.example/v1',
    dialect,
    auth: { variables: ['ACME_API_KEY'], places: 'ACME_API_KEY' },
  }
  const row: DialectRow = {
    ...openaiChat,
    id: 'acme',
    chat: (options: ChatOptions) => chatWith(acme, options),
  }
  scenarios(row)
})
