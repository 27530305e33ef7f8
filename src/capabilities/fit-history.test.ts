import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Content } from '../core/content.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import { fitHistory, resultInWords } from './fit-history.ts'
import { isEmpty, isPaired } from './fits.ts'
import { imagesIn } from './images-in.ts'

const id = fc.constantFrom('a', 'b', 'c')
const text: fc.Arbitrary<Content> = fc
  .constantFrom('', 'one', 'two')
  .map((words) => ({ type: 'text', text: words }))
const thought: fc.Arbitrary<Content> = fc.constant({ type: 'thinking', text: 'Hm' })
const call: fc.Arbitrary<Content> = id.map((one) => ({ type: 'tool-call', id: one, name: 'f', input: {} }))
const result: fc.Arbitrary<Content> = id.map((one) => ({
  type: 'tool-result',
  id: one,
  name: 'f',
  content: `of ${one}`,
}))
const few = (content: fc.Arbitrary<Content>) =>
  fc.uniqueArray(content, { maxLength: 4, selector: (it) => ('id' in it ? it.id : JSON.stringify(it)) })
const turn: fc.Arbitrary<Turn> = fc.oneof(
  few(fc.oneof(text, result)).map((contents) => ({ role: 'user', contents }) as Turn),
  few(fc.oneof(text, thought, call)).map(
    (contents) => ({ role: 'assistant', finish: 'stop', contents }) as Turn,
  ),
)

test('any history comes out as every server takes it, and once mended it stays so', () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
      const before = structuredClone(turns)
      const notes: Adjustment[] = []
      const fitted = fitHistory(turns, notes)
      for (const [i, one] of fitted.entries()) {
        expect(one.role).not.toBe(fitted[i - 1]?.role)
        expect(isEmpty(one)).toBe(false)
        if (one.role === 'user') expect(isPaired(one, fitted[i - 1])).toBe(true)
      }
      expect(turns).toEqual(before)
      expect(notes.length > 0).toBe(fitted !== turns)
      const again: Adjustment[] = []
      expect(fitHistory(fitted, again)).toBe(fitted)
      expect(again).toEqual([])
    }),
  )
})

test('no word of a person, a model or a tool is lost', () => {
  const wordsIn = (turns: readonly Turn[]): string => JSON.stringify(turns)
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
      const fitted = wordsIn(fitHistory(turns, []))
      for (const { contents } of turns)
        for (const content of contents) {
          if (content.type === 'tool-result') expect(fitted).toContain(content.content)
          if (content.type === 'text' && content.text) expect(fitted).toContain(content.text)
        }
    }),
  )
})

test('a result in words says whose it is and whether it failed, and keeps its pictures', () => {
  const picture = { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA==' } as const
  const failed = { type: 'tool-result', id: 'a', name: 'f', content: 'no', isError: true } as const
  expect(resultInWords({ ...failed, media: [picture] })).toEqual([
    { type: 'text', text: 'The tool f failed: no' },
    picture,
  ])
})

test('pictures are found in what is said and in what tools gave, and nothing else is one', () => {
  const image = { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA==' } as const
  const pdf = { type: 'media', kind: 'pdf', mimeType: 'application/pdf', data: 'AA==' } as const
  const given = { type: 'tool-result', id: 'a', name: 'f', content: '', media: [pdf, image] } as const
  expect(imagesIn([])).toEqual([])
  expect(imagesIn([{ role: 'user', contents: [{ type: 'text', text: 'a' }, pdf] }])).toEqual([])
  expect(imagesIn([{ role: 'user', contents: [given, image] }])).toEqual([image, image])
})
