import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAt, cuts } from '../../test/cuts.ts'
import { IncrementalJson } from './incremental-json.ts'

test('strings of the outermost object are told piece by piece, whole and once, however the text is cut', () => {
  const inner = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.dictionary(fc.string(), fc.string()))
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), inner), cuts, (value, places) => {
      const told = new Map<string, string>()
      const json = new IncrementalJson({
        onPiece: (name, piece) => told.set(name, (told.get(name) ?? '') + piece),
      })
      for (const piece of cutAt(JSON.stringify(value), places)) json.push(piece)
      const strings = Object.entries(value).filter(
        ([, member]) => typeof member === 'string' && member !== '',
      )
      expect([...told].toSorted()).toEqual(strings.toSorted())
    }),
  )
})

test('strings in lists and in objects within are not', () => {
  for (const text of ['["a"]', '{"a": ["b"], "c": {"d": "e"}}', '"a"']) {
    const told: string[] = []
    const json = new IncrementalJson({ onPiece: (_name, piece) => void told.push(piece) })
    json.push(text)
    expect(told).toEqual([])
  }
})
