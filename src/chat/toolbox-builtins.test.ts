import { afterEach, expect, test, vi } from 'vitest'
import { Chat, type ChatEvent, chatOpenAICompatible, t, textOf, tool, webFetch, webSearch } from 'natter'
import { type Loopback, json, loopback } from '../../test/loopback.ts'
import { providerAt } from '../../test/provider.ts'
import { type SpecialOptions, chatWith } from '../chat-with.ts'
import { anthropicMessages, gemini, openaiResponses } from '../dialects/lazy-dialects.ts'
import type { Provider } from '../providers/provider.ts'

afterEach(() => void vi.restoreAllMocks())

const local = (name = 'note'): ReturnType<typeof tool> =>
  tool({ name, description: 'Notes', input: t.object({}), run: () => 'noted' })
const at = (url: string, dialect: Provider['dialect'], options: Partial<SpecialOptions> = {}): Chat =>
  chatWith(providerAt(url, { dialect }), { retries: 0, ...options })
const NOWHERE = 'http://127.0.0.1:9'

type Block = Readonly<Record<string, unknown>>
const message = (content: readonly Block[], stop_reason = 'end_turn'): Block => ({
  type: 'message',
  role: 'assistant',
  model: 'm',
  content,
  stop_reason,
  usage: { input_tokens: 10, output_tokens: 5 },
})
const text = (words: string, more: Block = {}): Block => ({ type: 'text', text: words, ...more })
const SEARCH = { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'natter' } }
const FOUND = {
  type: 'web_search_tool_result',
  tool_use_id: 'srv_1',
  content: [{ type: 'web_search_result', url: 'https://a.example', title: 'A', encrypted_content: 'x' }],
}
const CITED = {
  citations: [
    {
      type: 'web_search_result_location',
      url: 'https://a.example',
      title: 'A',
      cited_text: 'a',
      encrypted_index: 'i',
    },
  ],
}
const anthropic = (...answers: readonly Block[]): Promise<Loopback> =>
  loopback((reply, _, n) => json(reply, 200, answers[Math.min(n, answers.length - 1)]))

const messagesOf = (
  { asked }: Loopback,
  n: number,
): readonly { readonly role: string; readonly content: readonly Block[] }[] =>
  (asked[n]?.body.messages ?? []) as readonly { readonly role: string; readonly content: readonly Block[] }[]

test('both kinds of tools stand side by side, and are told apart', () => {
  const search = webSearch()
  const chat = at(NOWHERE, anthropicMessages, { tools: [local(), search] })
  expect([chat.tools.map(({ name }) => name), chat.builtins]).toEqual([['note'], [search]])
  expect(() => chat.registerTool(webSearch())).toThrow(
    /a tool named web_search already: pass \{ replace: true \}/,
  )
  expect(() => chat.registerTools([webFetch(), local('web_fetch')])).toThrow(TypeError)
  const other = webSearch({ maxUses: 1 })
  expect(
    chat.registerTools([webFetch(), other], { replace: true }).builtins.map(({ maxUses }) => maxUses),
  ).toEqual([1, undefined])
  const copy = chat.clone()
  expect([chat.removeTool('web_search'), chat.removeTool('web_search')]).toEqual([true, false])
  expect([chat.builtins.length, copy.builtins.length]).toEqual([1, 2])
  expect(copy.setTools([search]).tools).toEqual([])
  expect(copy.builtins).toEqual([search])
})

test('a provider without the tool refuses it when it is registered, and stays as it was', () => {
  const chat = chatOpenAICompatible({ baseUrl: NOWHERE, name: 'Acme', model: 'm', tools: [local()] })
  for (const act of [
    () => chat.registerTool(webSearch()),
    () => chat.registerTools([local('b'), webSearch()]),
    () => chat.setTools([webFetch()]),
    () => chatOpenAICompatible({ baseUrl: NOWHERE, name: 'Acme', model: 'm', tools: [webFetch()] }),
    () => at(NOWHERE, openaiResponses, { tools: [webFetch()] }),
  ])
    expect(act).toThrow(/^Acme runs no web_(?:search|fetch) on its side: Anthropic.* have it/)
  expect(chat.tools.map(({ name }) => name)).toEqual(['note'])
  expect(() => chat.registerTool(null as never)).toThrow(/made by tool\(/)
})

test.each([
  [
    anthropicMessages,
    [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2, allowed_domains: ['a.example'] }],
  ],
  [openaiResponses, [{ type: 'web_search', filters: { allowed_domains: ['a.example'] } }]],
] as const)('$id spells a search in its own words', async (dialect, tools) => {
  const chat = at(NOWHERE, dialect, { tools: [webSearch({ allowedDomains: ['a.example'], maxUses: 2 })] })
  expect((await chat.explain('hi')).body).toMatchObject({ tools })
})

test('Google’s tools stand beside functions, and a limit that it cannot keep is told before anything is sent', async () => {
  const chat = at(NOWHERE, gemini, { tools: [local(), webSearch(), webFetch()] })
  const { tools } = (await chat.explain('hi')).body as { tools: readonly object[] }
  expect(tools.flatMap(Object.keys)).toEqual(['functionDeclarations', 'google_search', 'url_context'])
  chat.setTools([webSearch({ maxUses: 1 })])
  await expect(chat.chat('hi')).rejects.toThrow(/google_search cannot be limited: leave out maxUses/)
})

test('what the provider did is an event and one line of echo, and its sources are citations', async () => {
  const server = await anthropic(message([SEARCH, FOUND, text('It is A.', CITED)]))
  const chat = at(server.url, anthropicMessages, { tools: [webSearch()] })
  const events: ChatEvent[] = []
  for await (const event of chat.events('What is it?')) events.push(event)
  const did = events.flatMap((event) => (event.type === 'server-tool' ? [event.tool] : []))
  expect(did.map(({ name, input }) => [name, input])).toEqual([
    ['web_search', { query: 'natter' }],
    ['web_search', undefined],
  ])
  expect(events.flatMap((event) => (event.type === 'citation' ? [event.citation.url] : []))).toEqual([
    'https://a.example',
  ])
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => Boolean((printed += String(piece))))
  await chat.chat('Again', { echo: 'output' })
  expect(printed).toBe('[web_search: {"query":"natter"}]\nIt is A.\n')
  // What the provider recorded goes back to it unchanged.
  const messages = messagesOf(server, 1)
  expect(messages[1]?.content.slice(0, 2)).toEqual([SEARCH, FOUND])
})

test('toolChoice none leaves them out of one prompt', async () => {
  const server = await anthropic(message([text('No.')]))
  const chat = at(server.url, anthropicMessages, { tools: [webSearch()] })
  await chat.chat('hi', { toolChoice: 'none' })
  await chat.chat('hi')
  expect(server.asked.map(({ body }) => (body['tools'] as readonly unknown[] | undefined)?.length)).toEqual([
    undefined,
    1,
  ])
})

test('data is asked for once the provider’s tools were used', async () => {
  const server = await anthropic(message([SEARCH, FOUND, text('It is A.')]), message([text('{"name": "A"}')]))
  const chat = at(server.url, anthropicMessages, { tools: [webSearch()] })
  expect(await chat.structured('What is it?', t.object({ name: t.string() }))).toEqual({ name: 'A' })
  const [first, second] = server.asked.map(({ body }) => body)
  expect([first?.['tools'] !== undefined, first?.['output_config']]).toEqual([true, undefined])
  expect([second?.['tools'], second?.['output_config'] !== undefined]).toEqual([undefined, true])
})

test('work that the provider pauses goes on where it stopped, and is one turn', async () => {
  const server = await anthropic(
    message([text('Let me see. '), SEARCH], 'pause_turn'),
    message([FOUND, text('It is A.')]),
  )
  const chat = at(server.url, anthropicMessages, { tools: [webSearch()] })
  expect(await chat.chat('What is it?')).toBe('Let me see. It is A.')
  const messages = messagesOf(server, 1)
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant'])
  expect(messages[1]?.content).toMatchObject([text('Let me see. '), SEARCH])
  expect(chat.turns.map(({ role }) => role)).toEqual(['user', 'assistant'])
  expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'stop', usage: { input: 20, output: 10 } })
})

test('work that is paused for ever ends after maxToolRounds, and a failure keeps what had come', async () => {
  const paused = message([text('Still. ')], 'pause_turn')
  const endless = await anthropic(paused)
  const chat = at(endless.url, anthropicMessages, { tools: [webSearch()], maxToolRounds: 2 })
  await expect(chat.chat('Go')).rejects.toMatchObject({ code: 'tool-rounds' })
  expect(textOf(chat.turns[1]!)).toBe('Still. Still. Still. ')
  expect(endless.asked).toHaveLength(3)
  const failing = await loopback((reply, _, n) =>
    n === 0 ? json(reply, 200, paused) : json(reply, 400, { error: { message: 'no' } }),
  )
  const cut = at(failing.url, anthropicMessages, { tools: [webSearch()] })
  await expect(cut.chat('Go')).rejects.toMatchObject({ code: 'bad-request' })
  expect(cut.turns).toMatchObject([{ role: 'user' }, { role: 'assistant', finish: 'pause_turn' }])
})

test('a saved chat names them, and is taken up by one that has them', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const chat = at(NOWHERE, anthropicMessages, { tools: [local(), webSearch()] })
  expect(chat.toJSON().tools).toEqual(['note', 'web_search'])
  const taken = await Chat.fromJSON(
    chat.toJSON(),
    at(NOWHERE, anthropicMessages, { tools: [local(), webSearch()] }),
  )
  expect(taken.builtins).toHaveLength(1)
  expect(warned).not.toHaveBeenCalled()
  await Chat.fromJSON(chat.toJSON(), at(NOWHERE, anthropicMessages, { tools: [local()] }))
  expect(warned.mock.calls[0]?.[0]).toMatch(/had tools that this one has not: web_search/)
})
