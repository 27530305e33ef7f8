import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linkOf, mediaOf, pictureOf } from './links.ts'

test('lets links lead to pages and letters, and nowhere else', () => {
  expect(linkOf('https://example.com/a?b#c')).toBe('https://example.com/a?b#c')
  expect(linkOf('mailto:ada@example.com')).toBe('mailto:ada@example.com')
  for (const bad of [
    'javascript:1',
    'JAVASCRIPT:1',
    ' javascript:1',
    'java\nscript:1',
    'data:text/html,x',
    'file:///etc',
    'blob:x',
    '//x.test',
    '/api',
    '#a',
    '',
  ])
    expect(linkOf(bad)).toBeUndefined()
})

test('lets no address through that a browser would run', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom('javascript:', 'data:', 'vbscript:', 'file:'),
      fc.string(),
      (before, scheme, after) => {
        const link = linkOf(before + scheme + after)
        expect(link === undefined || /^(https?|mailto):/.test(link)).toBe(true)
      },
    ),
  )
})

test('shows pictures only where nothing is fetched from elsewhere for them', () => {
  expect(pictureOf('data:image/png;base64,AAAA')).toBe('data:image/png;base64,AAAA')
  expect(mediaOf('api/sessions/1/media/2/0')).toBe('api/sessions/1/media/2/0')
  for (const bad of [
    'data:image/svg+xml;base64,AAAA',
    'data:text/html;base64,AAAA',
    'https://x.test/a.png',
    'api/../other',
    '/api/x',
    'api/x?y',
  ])
    expect([pictureOf(bad), mediaOf(bad)]).toEqual([undefined, undefined])
})
