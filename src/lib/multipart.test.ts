import { expect, test } from 'vitest'
import { multipart } from './multipart.ts'

const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)

test('a form is read by the platform as it was meant, its bytes untouched', async () => {
  const form = multipart({ purpose: 'user_data' }, { name: 'a.bin', mimeType: 'application/pdf', bytes })
  const read = await new Response(form.bytes, { headers: { 'content-type': form.type } }).formData()
  expect(read.get('purpose')).toBe('user_data')
  const file = read.get('file') as File
  expect([file.name, file.type]).toEqual(['a.bin', 'application/pdf'])
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes)
})

test('a name cannot end its quotes or its line, nor a type its own', async () => {
  const name = 'a"; name="purpose"\r\n\r\nfine-tune.txt'
  const form = multipart({}, { name, mimeType: 'text/plain\r\nx-evil: 1', bytes })
  const text = new TextDecoder('latin1').decode(form.bytes)
  expect(text).toContain('filename="a%22; name=%22purpose%22%0D%0A%0D%0Afine-tune.txt"\r\n')
  expect(text).toContain('Content-Type: text/plain  x-evil: 1\r\n\r\n')
  const read = await new Response(form.bytes, { headers: { 'content-type': form.type } }).formData()
  expect([...read.keys()]).toEqual(['file'])
})

test('each form has a boundary of its own', () => {
  const types = [1, 2].map(() => multipart({}, { name: 'a', mimeType: 'text/plain', bytes }).type)
  expect(new Set(types).size).toBe(2)
})
