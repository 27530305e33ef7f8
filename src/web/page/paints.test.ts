import hljs from 'highlight.js/lib/core'
import typescript from 'highlight.js/lib/languages/typescript'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { paintsOf } from './paints.ts'

hljs.registerLanguage('ts', typescript)
const painted = (code: string): ReturnType<typeof paintsOf> =>
  paintsOf(hljs.highlight(code, { language: 'ts' }).value)

test('names the colour of each stretch of code', () => {
  expect(painted('const a = "<b>"')).toEqual([
    { text: 'const', kind: 'hljs-keyword' },
    { text: ' a = ' },
    { text: '"<b>"', kind: 'hljs-string' },
  ])
})

test('loses nothing of any code', () => {
  const code = fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '&amp;',
        '"',
        "'",
        '`${',
        '}',
        '\n',
        'const ',
        'x',
        '</span>',
        '<span class="x">',
        '//',
        '\u00e9',
      ),
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(code, (text) => {
      expect(
        painted(text)
          .map((paint) => paint.text)
          .join(''),
      ).toBe(text)
    }),
  )
})
