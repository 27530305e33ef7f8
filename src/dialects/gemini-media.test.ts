import { expect, test } from 'vitest'
import type { Media } from '../core/content.ts'
import { toBase64 } from '../lib/base64.ts'
import { spellMedia } from './gemini-media.ts'

const media = (more: Partial<Media>): Media => ({
  type: 'media',
  kind: 'image',
  mimeType: 'image/*',
  ...more,
})

test.each<[string, Partial<Media>]>([
  ['a picture', { mimeType: 'image/webp' }],
  ['a PDF', { kind: 'pdf', mimeType: 'application/pdf', name: 'a.pdf' }],
  ['a recording', { kind: 'audio', mimeType: 'audio/mpeg' }],
])('%s goes by its bytes', (_, more) => {
  expect(spellMedia(media({ ...more, data: 'AAEC' }))).toEqual({
    inlineData: { mimeType: more.mimeType, data: 'AAEC' },
  })
})

test('a document goes as text that names it', () => {
  const data = toBase64(new TextEncoder().encode('a,b'))
  expect(spellMedia(media({ kind: 'document', mimeType: 'text/csv', data, name: 'x.csv' }))).toEqual({
    text: '<document name="x.csv">\na,b\n</document>',
  })
})

test.each([
  ['gs://bucket/a.jpg', 'image/jpeg'],
  ['https://generativelanguage.googleapis.com/v1beta/files/abc', undefined],
  ['https://www.youtube.com/watch?v=abc', undefined],
  ['https://youtu.be/abc', undefined],
])('what is at %s is read where it is', (url, mimeType) => {
  expect(spellMedia(media({ url }))).toEqual({ fileData: { fileUri: url, ...(mimeType && { mimeType }) } })
})

test('an uploaded file is named by its URI, and by its name as well', () => {
  const fileUri = 'https://generativelanguage.googleapis.com/v1beta/files/abc'
  const pdf = { kind: 'pdf', mimeType: 'application/pdf' } as const
  for (const fileId of ['files/abc', fileUri])
    expect(spellMedia(media({ ...pdf, fileId }))).toEqual({
      fileData: { fileUri, mimeType: 'application/pdf' },
    })
})

test('a URL elsewhere is a TypeError that says what to do, unless the server fetches it', () => {
  const elsewhere = media({ url: 'https://example.org/a.PNG?size=2' })
  expect(() => spellMedia(elsewhere)).toThrow(TypeError)
  expect(() => spellMedia(elsewhere)).toThrow(/example\.org.*download: true/)
  expect(() => spellMedia(media({ url: 'https://example.org/gs://a' }))).toThrow(TypeError)
  expect(spellMedia(elsewhere, true)).toEqual({
    fileData: { fileUri: 'https://example.org/a.PNG?size=2', mimeType: 'image/png' },
  })
  expect(spellMedia(media({ url: 'https://example.org/a' }), true)).toEqual({
    fileData: { fileUri: 'https://example.org/a' },
  })
})
