import { describe, expect, test } from 'vitest'
import { IncrementalJson } from './incremental-json.ts'

// What else runs on the machine may fall on one of two measures that are compared.
describe('the cost of an IncrementalJson', { retry: 2 }, () => {
  const record = {
    name: 'Ada Lovelace',
    age: 36,
    isAdmin: true,
    score: 1.25,
    tags: ['a', 'b "quoted"\n'],
    note: 'The quick brown fox.',
    boss: null,
  }
  const textOf = (size: number): string => {
    const one = JSON.stringify(record).length + 1
    return JSON.stringify({ people: Array.from({ length: Math.floor(size / one) }, () => record) })
  }
  const piecesOf = (text: string): string[] => text.match(/[^]{1,4}/g) ?? []
  const readAll = (pieces: readonly string[]): void => {
    const json = new IncrementalJson()
    for (const piece of pieces) {
      json.push(piece)
      void json.value
    }
    json.end()
  }
  /** The least of several times in milliseconds: what else runs on the machine only adds. */
  const time = (task: () => void, runs: number): number => {
    let least = Infinity
    for (let i = 0; i < runs; i++) {
      const start = performance.now()
      task()
      least = Math.min(least, performance.now() - start)
    }
    return least
  }

  test('is 12 times that of a tenth of the text at most, in pieces of 4 bytes that are each looked at', () => {
    const [small, large] = [piecesOf(textOf(20_000)), piecesOf(textOf(200_000))]
    time(() => readAll(small), 20)
    const ratio = time(() => readAll(large), 10) / time(() => readAll(small), 40)
    expect(ratio).toBeLessThan(16) // 12, and some for a busy machine; a parser that starts over needs 100
  })

  test('is linear too for one long text', () => {
    const pieces = (size: number): string[] =>
      piecesOf(JSON.stringify({ text: 'lorem ipsum "dolor" \u{1f600}\n'.repeat(size / 25) }))
    const [small, large] = [pieces(20_000), pieces(200_000)]
    time(() => readAll(small), 20)
    expect(time(() => readAll(large), 10) / time(() => readAll(small), 40)).toBeLessThan(16)
  })

  test('is a few times that of JSON.parse, and some nanoseconds for each piece', () => {
    const text = textOf(200_000)
    const pieces = piecesOf(text)
    const [ours, theirs] = [time(() => readAll(pieces), 20), time(() => void JSON.parse(text), 20)]
    const perPiece = ((ours - 3 * theirs) / pieces.length) * 1e6
    expect(perPiece).toBeLessThan(250) // about 30 on a quiet machine
  })
})
