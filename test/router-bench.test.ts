import { expect, test } from 'vitest'
import { answered } from './router/ask.ts'
import { modelWith, willing } from './router/backends.ts'
import { startHuggingFace } from './router/hugging-face.ts'

const { url } = await startHuggingFace({ models: [modelWith(willing, { id: 'bench/willing' })] })

const user = (content: unknown): object => ({ role: 'user', content })
const system = (content: string): object => ({ role: 'system', content })
const assistant = (content: string): object => ({ role: 'assistant', content })
const ask = (messages: readonly object[], more: object = {}): ReturnType<typeof answered> =>
  answered(url, { model: 'bench/willing', messages, ...more })

const CITY = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const weather = {
  type: 'function',
  function: { name: 'get_weather', description: 'The weather.', parameters: CITY },
}
const WHETHER = user('What is the weather in Paris?')
const CALL = { name: 'get_weather', input: { city: 'Paris' } }
const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
}
const ADA = user('Extract the person: Ada Lovelace is 36 years old.')

const PLAIN: readonly [string, readonly object[], string][] = [
  ['a ping', [user('ping')], 'pong'],
  ['a system prompt', [system('The code word is heron.'), user('What is the code word?')], 'heron'],
  ['a folded system prompt', [user('The code word is heron.\n\nWhat is the code word?')], 'heron'],
  ['a lost system prompt', [user('What is the code word?')], 'no code word'],
  [
    'a fact of the first turn',
    [
      user('My favourite fruit is mango.'),
      assistant('Noted.'),
      user('ping'),
      assistant('pong'),
      user('What is my favourite fruit?'),
    ],
    'mango',
  ],
  ['a fact that was lost', [user('What is my favourite fruit?')], 'no favourite fruit'],
  ['weather without tools', [WHETHER], 'I cannot look up the weather from here.'],
  ['a picture that is not there', [user('What is in this picture?')], 'no image'],
  ['a person without a schema', [ADA], 'That is Ada Lovelace.'],
]

test.each(PLAIN)('answers %s from what it sees, whole and streamed alike', async (_, messages, text) => {
  expect(await ask(messages)).toMatchObject({ text, calls: [], finish: 'stop' })
  expect(await ask(messages, { stream: true })).toMatchObject({ text, calls: [], finish: 'stop' })
})

test('sees a picture, and sees when its bytes are none', async () => {
  const look = (image: string): ReturnType<typeof answered> =>
    ask([
      user([
        { type: 'text', text: 'What is in this picture?' },
        { type: 'image_url', image_url: { url: image } },
      ]),
    ])
  expect((await look('data:image/png;base64,iVBORw0KGgo=')).text).toBe('I see a red square')
  expect((await look('https://example.com/red.png')).text).toBe('I see a red square')
  expect((await look('data:image/png;base64,aGVsbG8gd29ybGQ=')).text).toBe('I see a broken image')
})

test.each([false, true])(
  'calls the tool a question is about, and answers with its result; streamed: %s',
  async (stream) => {
    const more = { tools: [{ ...weather, function: { ...weather.function, name: 'add' } }, weather], stream }
    expect(await ask([WHETHER], more)).toMatchObject({ text: '', calls: [CALL], finish: 'tool_calls' })
    const call = {
      id: 'c1',
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
    }
    const history = [
      WHETHER,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: '21 degrees and sunny' },
    ]
    expect(await ask(history, more)).toMatchObject({ text: 'The tool says: 21 degrees and sunny', calls: [] })
  },
)

test('obeys the tool choice', async () => {
  const tools = [weather]
  expect((await ask([WHETHER], { tools, tool_choice: 'none' })).calls).toEqual([])
  expect((await ask([user('ping')], { tools, tool_choice: 'required' })).calls).toHaveLength(1)
  const named = { type: 'function', function: { name: 'get_weather' } }
  expect((await ask([WHETHER], { tools, tool_choice: named })).calls).toEqual([CALL])
})

const FORMS: readonly [string, string, string][] = [
  [
    'Hermes’ tags',
    'You can call tools: {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}.\n' +
      'To call one, answer with <tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>',
    '<tool_call>\n{"name":"get_weather","arguments":{"city":"Paris"}}\n</tool_call>',
  ],
  [
    'Mistral’s brackets',
    '[AVAILABLE_TOOLS] get_weather: The weather. Arguments: {"type":"object","properties":{"city":{"type":"string"}}} [/AVAILABLE_TOOLS]\n' +
      'Call a tool so: [TOOL_CALLS][{"name": "tool_name", "arguments": {"key": "value"}}]',
    '[TOOL_CALLS][{"name":"get_weather","arguments":{"city":"Paris"}}]',
  ],
  [
    'a fence',
    'Tools: get_weather(city: string). To use a tool write\n```json\n{"tool": "name", "input": {}}\n```',
    '```json\n{"tool":"get_weather","input":{"city":"Paris"}}\n```',
  ],
  [
    'bare JSON',
    'Functions you may call: get_weather. Respond with {"name": "the function", "parameters": {"argument": "its value"}} and nothing else.',
    '{"name":"get_weather","parameters":{"city":"Paris"}}',
  ],
  [
    'XML parameters',
    'You may call the function get_weather. Call it as\n<tool_call>\n<function=example>\n<parameter=key>\nvalue\n</parameter>\n</function>\n</tool_call>',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>',
  ],
  [
    'Python',
    'If you call a function, put it as [func_name(param="value")]. Functions: get_weather.',
    '[get_weather(city="Paris")]',
  ],
]

test.each(FORMS)('writes a call as the prompt shows it: %s', async (_, prompt, text) => {
  expect((await ask([system(prompt), WHETHER])).text).toBe(text)
  expect((await ask([user(`${prompt}\n\nWhat is the weather in Paris?`)])).text).toBe(text)
  const history = [system(prompt), WHETHER, assistant(text)]
  const told = [
    '<tool_response>\n21 degrees and sunny\n</tool_response>',
    'The tool get_weather gave: 21 degrees and sunny',
  ]
  for (const result of told)
    expect((await ask([...history, user(result)])).text).toBe('The tool says: 21 degrees and sunny')
})

test('writes no call where no form is shown, nor for a question that no tool is about', async () => {
  const tools = 'There is a tool called get_weather.'
  expect((await ask([system(tools), WHETHER])).text).toBe('I cannot look up the weather from here.')
  expect((await ask([system(FORMS[0]?.[1] ?? ''), user('ping')])).text).toBe('pong')
})

test('does what a prompt demands of it in words', async () => {
  const tools = [{ ...weather, function: { ...weather.function, name: 'note' } }, weather]
  const ping = user('ping')
  const called = async (words: string): Promise<unknown> =>
    (await ask([system(words), ping], { tools })).calls.map(({ name }) => name)
  expect(await called('You must call a tool now.')).toEqual(['note'])
  expect(await called('You must call the tool get_weather now.')).toEqual(['get_weather'])
  expect(await called('Give the data by calling get_weather, once.')).toEqual(['get_weather'])
  expect(await called('You must call your mother.')).toEqual([])
})

const FORMATS: readonly [string, object][] = [
  ['OpenAI', { type: 'json_schema', json_schema: { name: 'person', schema: PERSON } }],
  ['Together', { type: 'json_schema', schema: PERSON }],
  ['Fireworks', { type: 'json_object', schema: PERSON }],
  ['TGI', { type: 'json_object', value: PERSON }],
]

test.each(FORMATS)('fills a schema with what was told, in the spelling of %s', async (_, format) => {
  const { text } = await ask([ADA], { response_format: format })
  expect(JSON.parse(text)).toEqual({ name: 'Ada Lovelace', age: 36 })
})

test('fills a schema in the prompt, in the system’s or the user’s words, and by a forced tool', async () => {
  const wish = `Answer with JSON that fits this schema and nothing else:\n${JSON.stringify(PERSON)}`
  const person = { name: 'Ada Lovelace', age: 36 }
  const folded = user(`Extract the person: Ada Lovelace is 36 years old.\n\n${wish}`)
  for (const messages of [[system(wish), ADA], [folded], [ADA, assistant('Ada.'), user(wish)]])
    expect(JSON.parse((await ask(messages)).text)).toEqual(person)
  const json = { response_format: { type: 'json_object' } }
  expect(JSON.parse((await ask([system(wish), ADA], json)).text)).toEqual(person)
  expect(JSON.parse((await ask([ADA], json)).text)).not.toHaveProperty('age')
  const tool = { type: 'function', function: { name: 'data', parameters: PERSON } }
  const forced = await ask([ADA], {
    tools: [tool],
    tool_choice: { type: 'function', function: { name: 'data' } },
  })
  expect(forced.calls).toEqual([{ name: 'data', input: person }])
})

test('fills references, alternatives, lists, limits and enumerations', async () => {
  const schema = {
    type: 'object',
    properties: {
      people: { type: 'array', items: { $ref: '#/$defs/person' } },
      mood: { enum: ['sad', 'happy'] },
      note: { anyOf: [{ type: 'null' }, { type: 'string' }] },
      rank: { type: 'integer', minimum: 1, maximum: 10 },
      day: { type: 'string', format: 'date' },
    },
    $defs: { person: PERSON },
  }
  const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
  const messages = [user('Extract: Ada is 36 years old and happy. The note is urgent.')]
  expect(JSON.parse((await ask(messages, { response_format: format })).text)).toEqual({
    people: [{ name: 'Ada', age: 36 }],
    mood: 'happy',
    note: 'urgent',
    rank: 10,
    day: '2026-01-31',
  })
})

test('calls in the form of a schema that has room for calls, and answers in it once there is a result', async () => {
  const call = {
    type: 'object',
    properties: { tool: { const: 'get_weather' }, arguments: CITY },
    required: ['tool', 'arguments'],
  }
  const answer = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] }
  const union = { type: 'object', properties: { reply: { anyOf: [call, answer] } }, required: ['reply'] }
  const list = {
    type: 'object',
    properties: { tool_calls: { type: 'array', items: call }, answer: { type: 'string' } },
  }
  const fill = async (schema: object, ...messages: readonly object[]): Promise<unknown> =>
    JSON.parse(
      (await ask(messages, { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }))
        .text,
    )
  const made = { tool: 'get_weather', arguments: { city: 'Paris' } }
  expect(await fill(union, WHETHER)).toEqual({ reply: made })
  expect(await fill(list, WHETHER)).toEqual({ tool_calls: [made], answer: '' })
  const result = [
    WHETHER,
    assistant(JSON.stringify({ reply: made })),
    user('Result of get_weather: 21 degrees'),
  ]
  expect(await fill(union, ...result)).toEqual({ reply: { answer: 'The tool says: 21 degrees' } })
  expect(await fill(list, ...result)).toEqual({ tool_calls: [], answer: 'The tool says: 21 degrees' })
  expect(await fill(union, user('ping'))).toEqual({ reply: { answer: 'pong' } })
})

test('calls a tool first and fills the schema then, where both are there', async () => {
  const forecast = {
    type: 'object',
    properties: { city: { type: 'string' }, degrees: { type: 'number' } },
  }
  const more = {
    tools: [weather],
    response_format: { type: 'json_schema', json_schema: { name: 'forecast', schema: forecast } },
  }
  expect((await ask([WHETHER], more)).calls).toEqual([CALL])
  const call = {
    id: 'c1',
    type: 'function',
    function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
  }
  const history = [
    WHETHER,
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c1', content: '21 degrees and sunny' },
  ]
  expect(JSON.parse((await ask(history, more)).text)).toEqual({ city: 'Paris', degrees: 21 })
  const later = [
    ...history,
    assistant('21 degrees.'),
    user('Now give the result as data in the form asked for.'),
  ]
  expect(JSON.parse((await ask(later, more)).text)).toEqual({ city: 'Paris', degrees: 21 })
})
