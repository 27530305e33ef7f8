import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Suspicion } from './suspicion.ts'

const NAMES = ['get_weather', 'add', 'a.b-c']

/** What is shown of a text that comes in pieces, what is held back, and whether that is a call. */
function judge(pieces: readonly string[], names = NAMES) {
  const suspicion = new Suspicion(names)
  const shown = pieces.map((piece) => suspicion.pass(piece)).join('')
  const end = suspicion.end()
  return { shown, held: end?.text ?? '', isCall: end?.isCall ?? false }
}

describe('the end of an answer', () => {
  test.each([
    'get_weather(city="Riga")',
    "get_weather('Riga')",
    'get_weather (city = "Riga"',
    'get_weather({"city": "Riga"})',
    'get_weather(city="Riga (Latvia)", days=3)',
    'add(a: 1, b: (2))`',
    '```\nadd(a=1)\n```',
    'a.b-c(x=1)',
    '"name": "get_weather", "arguments": {"city": "Riga"}}',
    '{"function": "get_weather", "city": "Riga"}',
    '<function=get_weather>{"city": "Riga"}',
    "print(get_weather(city='Riga'))",
    'Let me look.\n\nget_weather(city="Riga")\n',
  ])('is a call that went wrong: %s', (text) => {
    const { shown, held, isCall } = judge([text])
    expect(isCall).toBe(true)
    expect(shown + held).toBe(text)
  })

  test.each([
    'Call get_weather(city="Riga") to find out.',
    'Write get_weather(city="Riga") and it says "mild"',
    'It is add(a=1), as "they" say: "fine"',
  ])('is prose that only speaks of one: %s', (text) => {
    const { shown, held, isCall } = judge([text])
    expect(isCall).toBe(false)
    expect(held).not.toBe('')
    expect(shown + held).toBe(text)
  })

  test.each([
    'The tool get_weather is the one.',
    'get_weather()',
    'forget_weather(city="Riga")',
    'my.get_weather(city="Riga")',
    'other(city="Riga")',
    '"name": "other"',
    '<function=other>',
    '',
  ])('is nothing of the kind: %s', (text) => {
    expect(judge([text])).toEqual({ shown: text, held: '', isCall: false })
  })

  test('is shown after all where it is long', () => {
    const text = `get_weather(city="${'Riga '.repeat(900)}")`
    expect(judge([text])).toEqual({ shown: text, held: '', isCall: false })
    expect(judge([...text])).toEqual({ shown: text, held: '', isCall: false })
  })

  test('is never held where there are no tools', () => {
    for (const text of ['(x=1)', '"name": ""', '<function=>'])
      expect(judge([text], [])).toEqual({ shown: text, held: '', isCall: false })
  })
})

/** Texts of what calls are made of. */
const text = fc
  .array(
    fc.constantFrom(
      ...NAMES,
      'x',
      '.',
      ' ',
      '(',
      ')',
      'city=',
      "'",
      '"',
      '{',
      '}',
      '"name": "',
      '"tool" :"',
      '<function=',
      '>',
      '`',
      '\n',
      'an_argument_with_quite_a_long_name=',
      'words that say nothing and take some room, more than what is looked back at. ',
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''))
const cut = (whole: string, places: readonly number[]): readonly string[] => {
  const at = [0, ...places.map((place) => place % (whole.length + 1)).toSorted((a, b) => a - b), whole.length]
  return at.slice(1).map((end, i) => whole.slice(at[i], end))
}

test('however a text is cut, nothing is lost, and the judgement is the same', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 30 }), (whole, places) => {
      const once = judge([whole])
      const pieces = judge(cut(whole, places))
      expect(pieces.shown + pieces.held).toBe(whole)
      expect(once.shown + once.held).toBe(whole)
      expect(pieces.isCall).toBe(once.isCall)
      expect(judge([...whole]).isCall).toBe(once.isCall)
    }),
    { numRuns: 500 },
  )
})

test('hostile and huge texts cost no more than their length', () => {
  const hostile = [
    `"name": "get_weather"${' '.repeat(1e6)}x`,
    `get_weather(${'"'.repeat(1e6)}x`,
    'get_weather('.repeat(1e5),
    `get_weather(x='${"'a".repeat(5e5)}`,
    `add(a=${'('.repeat(1e6)}`,
    `add(${'a'.repeat(1e6)}`,
    `${'"name": "'.repeat(1e5)}`,
  ]
  for (const whole of hostile) {
    const begun = performance.now()
    const { shown, held } = judge([whole])
    const chunks = judge(whole.match(/[^]{1,7}/g) ?? [])
    expect(performance.now() - begun).toBeLessThan(4000)
    expect(shown + held).toBe(whole)
    expect(chunks.shown + chunks.held).toBe(whole)
  }
})
