import { expect, test } from 'vitest'
import { anthropicMessages } from '../dialects/anthropic-messages.ts'
import * as lazy from '../dialects/lazy-dialects.ts'
import { openaiChat } from '../dialects/openai-chat.ts'
import { webFetch, webSearch } from './builtin-tool.ts'

const dialects = Object.values(lazy).filter((value) => typeof value === 'object')

test('a web tool is plain data that dialects spell', () => {
  const search = webSearch({ allowedDomains: ['https://nature.com/', 'example.com/blog'], maxUses: 2 })
  expect(JSON.parse(JSON.stringify(search))).toEqual({
    type: 'web-search',
    allowedDomains: ['nature.com', 'example.com/blog'],
    maxUses: 2,
  })
  expect([search.name, webFetch().name]).toEqual(['web_search', 'web_fetch'])
  expect(Object.keys(webFetch())).toEqual(['type'])
})

test.each([
  ['both lists', () => webSearch({ allowedDomains: ['a.com'], blockedDomains: ['b.com'] }), /not both/],
  ['an empty list', () => webFetch({ blockedDomains: [] }), /blockedDomains must be an array of domains/],
  ['no domain', () => webSearch({ allowedDomains: [''] }), TypeError],
  ['no use at all', () => webSearch({ maxUses: 0 }), RangeError],
  ['half a use', () => webFetch({ maxUses: 1.5 }), /maxUses must be a whole number, 1 or more: it is 1.5/],
  ['a place in words', () => webSearch({ userLocation: 'Oslo' as never }), /userLocation must be an object/],
  ['an option of the other', () => webFetch({ userLocation: {} } as never), /webFetch knows no userLocation/],
  ['a misspelt option', () => webSearch({ maxUse: 1 } as never), /webSearch knows no maxUse: choose among/],
])('%s is refused', (_, make, problem) => {
  expect(make).toThrow(problem)
})

test('what a dialect’s servers run is known before it is loaded, and the same then', async () => {
  for (const dialect of dialects) expect((await lazy.dialectOf(dialect)).builtins).toEqual(dialect.builtins)
  expect(dialects.filter(({ builtins }) => builtins?.includes('web-search'))).toHaveLength(4)
  expect(dialects.filter(({ builtins }) => builtins?.includes('web-fetch'))).toHaveLength(2)
})

test('a provider without it is named, with those who have it; its own word counts before its dialect’s', () => {
  const host = { name: 'Acme', dialect: openaiChat }
  expect(() => webSearch().demandOf(host)).toThrow(
    new TypeError(
      'Acme runs no web_search on its side: Anthropic, OpenAI, Google Gemini and Amazon Bedrock (Nova) have it. Here, give the chat a tool of its own: tool({ … })',
    ),
  )
  expect(() => webFetch().demandOf({ name: 'OpenAI', dialect: lazy.openaiResponses })).toThrow(
    /OpenAI runs no web_fetch.*Anthropic and Google Gemini have it/,
  )
  expect(() => webFetch().demandOf({ name: 'A', dialect: anthropicMessages })).not.toThrow()
  expect(() =>
    webFetch().demandOf({ name: 'A', dialect: anthropicMessages, builtins: ['web-search'] }),
  ).toThrow(TypeError)
  expect(() => webSearch().demandOf({ ...host, builtins: ['web-search'] })).not.toThrow()
})
