import { expect, test } from 'vitest'
import { requestTo } from '../../test/token-server.ts'
import { authorizeOnly, secureUrl } from './secure-url.ts'

test.each([
  'https://login.microsoftonline.com/x',
  'http://127.0.0.1:8080',
  'http://localhost',
  'http://[::1]:1/y',
])('a secret may go to %s', (url) => {
  expect(secureUrl(url, 'it').href).toContain(new URL(url).host)
})

test.each([
  ['http://example.com/path', 'http://example.com'],
  ['http://127.0.0.1.example.com', 'http://127.0.0.1.example.com'],
  ['ftp://example.com', 'ftp://example.com'],
  ['https://me:hidden@example.com', 'https://example.com'],
  ['nonsense', 'no URL'],
])('a secret may not go to %s', (url, shown) => {
  expect(() => secureUrl(url, 'the place')).toThrow(
    new TypeError(`the place must be an https: URL without a password: it is ${shown}`),
  )
})

test('a request to a place that is neither meant nor this machine is given nothing', async () => {
  let asked = 0
  const authorize = authorizeOnly(
    ({ host }) => host === 'a.example',
    () => (asked++, { authorization: 'Bearer x' }),
  )
  expect(await authorize(requestTo('https://a.example/v1'))).toEqual({ authorization: 'Bearer x' })
  expect(await authorize(requestTo('https://b.example/a.example'))).toEqual({})
  expect(asked).toBe(1)
  expect(await authorize(requestTo('http://127.0.0.1:8080/v1'))).toEqual({ authorization: 'Bearer x' })
})
