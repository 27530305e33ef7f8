import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callsIn, chunkOf, cutAt, cuts, readAll, textIn } from '../../test/cuts.ts'
import type { Delta } from '../core/delta.ts'
import { LeakReader } from './leaked-reader.ts'
import { OpenAIChatReader } from './openai-chat-reader.ts'

const TOOLS = [
  {
    name: 'get_weather',
    description: 'The weather.',
    inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
  },
]
const readerFor = (): LeakReader => new LeakReader(new OpenAIChatReader(), TOOLS)

function read(pieces: readonly string[], more: readonly object[] = []) {
  const reader = readerFor()
  const out = readAll(
    reader,
    [...pieces.map((content) => ({ content })), ...more].map((delta) => chunkOf(delta)),
  )
  return { text: textIn(out), calls: callsIn(out), suspect: reader.suspect, lifted: reader.lifted }
}

describe('a call that nobody can read', () => {
  const BROKEN = 'get_weather(city="Riga"'

  test('is kept back at the end of an answer, and told', () => {
    expect(read(['Let me look.\n', BROKEN])).toEqual({
      text: 'Let me look.\n',
      calls: [],
      suspect: BROKEN,
      lifted: 0,
    })
  })

  test('is text where the answer goes on after it', () => {
    const said = `You may write ${BROKEN}) in your code.`
    expect(read([said])).toMatchObject({ text: said, suspect: '' })
  })

  test('is text beside a call that the server reports, or that was lifted', () => {
    const call = { index: 0, id: 'c1', function: { name: 'get_weather', arguments: '{}' } }
    expect(read([BROKEN], [{ tool_calls: [call] }])).toMatchObject({ text: BROKEN, suspect: '' })
    const leak = '<tool_call>{"name": "get_weather", "arguments": {"city": "Riga"}}</tool_call>'
    const both = read([leak, `\n${BROKEN}`])
    expect(both).toMatchObject({ lifted: 1, suspect: '', calls: ['get_weather {"city":"Riga"}'] })
    expect(both.text).toContain(BROKEN)
  })

  test('is given back of an answer that breaks off', () => {
    const reader = readerFor()
    const out: Delta[] = []
    reader.read(chunkOf({ content: BROKEN }), out)
    expect(textIn(out)).toBe('')
    reader.cut(out)
    expect(textIn(out)).toBe(BROKEN)
    expect(reader.suspect).toBe('')
  })
})

test('however an answer is cut, it gives the same calls, text and suspicion, and no word is lost', () => {
  const part = fc.constantFrom(
    'Well. ',
    '\n',
    'get_weather',
    '(city="Riga")',
    '(city=',
    '{"city": "Riga"}',
    '<tool_call>',
    '{"name": "get_weather", "arguments": {"city": "Riga"}}',
    '"name": "get_weather"',
    '</tool_call>',
    '```json\n',
    '```',
    '<function=get_weather>',
    '</function>',
    '[',
    ']',
  )
  const answers = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(answers, cuts, (whole, places) => {
      const once = read([whole])
      for (const pieces of [cutAt(whole, places), [...whole]]) {
        const cut = read(pieces)
        expect(cut.calls).toEqual(once.calls)
        expect(cut.text + cut.suspect).toBe(once.text + once.suspect)
        expect(cut.suspect === '').toBe(once.suspect === '')
      }
      if (once.lifted === 0) expect(once.text + once.suspect).toBe(whole)
    }),
    { numRuns: 300 },
  )
})
