import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt } from '../../test/cuts.ts'
import type { Delta } from '../core/delta.ts'
import { ThinkTags } from './think-tags.ts'

function read(pieces: readonly string[]): { text: string; thinking: string } {
  const tags = new ThinkTags()
  const out: Delta[] = []
  for (const piece of pieces) tags.push(piece, out)
  tags.end(out)
  const join = (type: 'text' | 'thinking'): string =>
    out.map((delta) => (delta.type === type ? delta.text : '')).join('')
  return { text: join('text'), thinking: join('thinking') }
}

describe('ThinkTags', () => {
  test.each([
    ['Hello', 'Hello', ''],
    ['<think>Hm</think>Hello', 'Hello', 'Hm'],
    ['<think>\nHm\n</think>\n\nHello', 'Hello', 'Hm\n'],
    ['\n<think>Hm</think>Hello', 'Hello', 'Hm'],
    ['<think></think>Hello', 'Hello', ''],
    ['<think>\n\n</think>\n\nHello\n', 'Hello\n', '\n'],
    ['<think>a</think><think>b</think>c', 'c', 'ab'],
    ['<think>never closed', '', 'never closed'],
    ['<think>never closed </thi', '', 'never closed </thi'],
    ['<think>a < b </ think> c</think>d', 'd', 'a < b </ think> c'],
    ['<think>a</think>\n\n', '', 'a'],
    ['  \n', '  \n', ''],
    ['', '', ''],
    ['<thi', '<thi', ''],
    ['<thinking>Hm', '<thinking>Hm', ''],
    ['< think>', '< think>', ''],
    ['Use <think> and </think> in HTML', 'Use <think> and </think> in HTML', ''],
    ['<think>a</think>Use <think>b</think>', 'Use <think>b</think>', 'a'],
  ])('tells thinking from text in %j', (whole, text, thinking) => {
    expect(read([whole])).toEqual({ text, thinking })
    expect(read([...whole])).toEqual({ text, thinking })
  })

  test('reads the same however its text is cut', () => {
    const part = fc.constantFrom(
      '<think>',
      '</think>',
      '\n',
      ' ',
      '<',
      '</',
      'think',
      '>',
      'a',
      'text',
      '<think',
      'é',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), fc.array(fc.nat(), { maxLength: 8 }), (parts, where) => {
        const whole = parts.join('')
        expect(read(cutAt(whole, where))).toEqual(read([whole]))
      }),
      { numRuns: 1000 },
    )
  })

  test('hands text on at once, and holds back no more than a tag', () => {
    const tags = new ThinkTags()
    const out: Delta[] = []
    tags.push('<think>I', out)
    expect(out).toEqual([{ type: 'thinking', text: 'I' }])
    tags.push(' see </', out)
    expect(out.at(-1)).toEqual({ type: 'thinking', text: ' see ' })
    tags.push('think>Yes', out)
    expect(out.at(-1)).toEqual({ type: 'text', text: 'Yes' })
    tags.push('<think>', out)
    expect(out.at(-1)).toEqual({ type: 'text', text: '<think>' })
  })
})
