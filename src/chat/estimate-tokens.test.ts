import { describe, expect, test } from 'vitest'
import type { Turn } from '../core/turn.ts'
import { estimateTokens } from './estimate-tokens.ts'

describe('an estimate of tokens', () => {
  const of = (...contents: Turn['contents']): number => estimateTokens([{ role: 'user', contents }])

  test('takes four ASCII characters for one, two of other alphabets, and each Chinese, Japanese or Korean one', () => {
    expect(of({ type: 'text', text: 'x'.repeat(400) })).toBe(104)
    expect(of({ type: 'text', text: 'ж'.repeat(400) })).toBe(204)
    expect(of({ type: 'text', text: '漢'.repeat(400) })).toBe(404)
    expect(of({ type: 'text', text: 'か한ア'.repeat(100) })).toBe(304)
  })

  test('counts pictures, PDFs, sound and documents', () => {
    const media = (kind: 'image' | 'pdf' | 'audio' | 'document', data?: string) =>
      of({ type: 'media', kind, mimeType: 'x/y', ...(data ? { data } : { url: 'https://x.example' }) })
    expect(media('image', 'AAAA')).toBe(1004)
    expect(media('image')).toBe(1004)
    expect(media('pdf', 'A'.repeat(200_000))).toBe(6004)
    expect(media('pdf')).toBe(2004)
    expect(media('audio', 'A'.repeat(213_333))).toBe(324)
    expect(media('document', 'A'.repeat(4000))).toBe(754)
  })

  test('counts calls, results with their pictures, data, the system prompt and the tools, but no thinking', () => {
    expect(of({ type: 'tool-call', id: '1', name: 'f', input: { a: 'x'.repeat(100) } })).toBeGreaterThan(30)
    expect(
      of({
        type: 'tool-result',
        id: '1',
        name: 'f',
        content: '',
        media: [{ type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA' }],
      }),
    ).toBe(1008)
    expect(of({ type: 'json', value: 'x'.repeat(98) })).toBe(29)
    expect(of({ type: 'thinking', text: 'x'.repeat(4000) })).toBe(4)
    expect(estimateTokens([], 'x'.repeat(400))).toBe(104)
    expect(
      estimateTokens([], '', [{ name: 'f', description: 'x'.repeat(400), inputSchema: {} }]),
    ).toBeGreaterThan(100)
    expect(estimateTokens([])).toBe(0)
  })
})
