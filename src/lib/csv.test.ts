import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine, readCsv } from './csv.ts'

const read = async (pieces: readonly string[], delimiter?: string): Promise<(readonly string[])[]> => {
  const records: (readonly string[])[] = []
  for await (const record of readCsv(pieces, delimiter)) records.push(record)
  return records
}

const field = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\n', '\r', 'a', ' ', '\ufeff', 'é') }),
)

test('what is written is read again, whatever it is and however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(field, { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
      fc.constantFrom(',', ';', '\t'),
      fc.integer({ min: 1, max: 7 }),
      async (records, delimiter, size) => {
        const text = records.map((record) => csvLine(record, delimiter)).join('')
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
        expect(await read(pieces, delimiter)).toEqual(records)
      },
    ),
    { numRuns: 500 },
  )
})

test('line breaks of all systems end a record, and the last one may have none', async () => {
  expect(await read(['\ufeffa,b\r\n1,2\n3,4\r5,6'])).toEqual([
    ['a', 'b'],
    ['1', '2'],
    ['3', '4'],
    ['5', '6'],
  ])
  expect(await read(['a\r', '\n', '\r\n\n"x\r\ny",""\r\n'])).toEqual([['a'], ['x\r\ny', '']])
})

test('quotes in the wrong place are told with their line', async () => {
  await expect(read(['a\nb,"c\n\nd'])).rejects.toThrow('line 2: the quote that opens a field is never closed')
  await expect(read(['a\nsay "hi"\n'])).rejects.toThrow('line 2: there is a quote inside a field')
  await expect(read(['"a\n\nb"x\n'])).rejects.toThrow('line 3: there is text after the quote')
})

test('a long field costs its length', async () => {
  const long = 'word, "quoted"\n'.repeat(100_000)
  const started = performance.now()
  const [record] = await read((csvLine([long, 'x']).match(/[^]{1,65536}/g) ?? []) as string[])
  expect(record).toEqual([long, 'x'])
  expect(performance.now() - started).toBeLessThan(3000)
})
