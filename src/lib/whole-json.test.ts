import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WholeJson, isJson } from './whole-json.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('a body is JSON where it begins as an object or a list', () => {
  expect([isJson(bytesOf('{}')), isJson(bytesOf('[1]'))]).toEqual([true, true])
  for (const text of ['', ' {}', 'data: {}', '"a"', '1']) expect(isJson(bytesOf(text))).toBe(false)
})

test('a body is handed on once, whole, wherever its bytes were cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 9 }), (text, size) => {
      const whole = JSON.stringify({ text })
      const bytes = bytesOf(whole)
      const seen: string[] = []
      const json = new WholeJson((payload) => void seen.push(payload))
      for (let at = 0; at < bytes.length; at += size) json.feed(bytes.subarray(at, at + size))
      expect(seen).toEqual([])
      const end = json.end()
      expect(seen).toEqual([new TextDecoder().decode(bytes)])
      expect(end).toEqual({ framing: 'json', text: seen[0] })
    }),
  )
})
