import { expect, test } from 'vitest'
import { loopback } from '../../test/loopback.ts'
import type { Content } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import { inlined } from './inline-images.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const pictures = () =>
  loopback((reply) => void reply.writeHead(200, { 'content-type': 'image/png' }).end(PNG))
const remote = (url: string, more: object = {}): Content => ({
  type: 'media',
  kind: 'image',
  mimeType: 'image/*',
  url,
  ...more,
})
const request = (...contents: readonly Content[]): ChatRequest => ({
  model: 'm',
  turns: [{ role: 'user', contents: [{ type: 'text', text: 'What is this?' }, ...contents] }],
  params: {},
  stream: false,
})
const here = 'http://127.0.0.1:8080/v1'

test('a picture is downloaded once, and travels with the words around it and its detail', async () => {
  const { origin, asked } = await pictures()
  const first = request(remote(`${origin}/a.png`, { detail: 'low' }), remote(`${origin}/a.png`))
  const { turns } = await inlined(first, here)
  expect(turns[0]?.contents).toMatchObject([
    { type: 'text', text: 'What is this?' },
    { type: 'media', kind: 'image', mimeType: 'image/png', detail: 'low' },
    { type: 'media', kind: 'image', mimeType: 'image/png' },
  ])
  expect(JSON.stringify(turns)).not.toContain(origin)
  await inlined(request(remote(`${origin}/a.png`)), here)
  expect(asked).toHaveLength(1)
})

test('a request whose pictures travel with it already is the same one', async () => {
  const asked = request({ type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA==' })
  expect(await inlined(asked, here)).toBe(asked)
  const pdf = request({
    type: 'media',
    kind: 'pdf',
    mimeType: 'application/pdf',
    url: 'http://127.0.0.1:9/a.pdf',
  })
  expect(await inlined(pdf, here)).toBe(pdf)
})

test('nothing of this machine or its network is fetched for a server elsewhere', async () => {
  const { origin, asked } = await pictures()
  for (const base of [
    'https://router.example/v1',
    'http://127.0.0.1.evil.example/v1',
    'http://localhost.example/v1',
  ])
    await expect(inlined(request(remote(`${origin}/secret.png`)), base)).rejects.toThrow()
  await expect(inlined(request(remote('http://10.0.0.1/a.png')), here)).rejects.toThrow()
  expect(asked).toEqual([])
})

test('a picture that could not be had is asked for again the next time', async () => {
  let isThere = false
  const { origin, asked } = await loopback((reply) => {
    if (isThere) reply.writeHead(200, { 'content-type': 'image/png' }).end(PNG)
    else reply.writeHead(404).end()
  })
  const asking = request(remote(`${origin}/late.png`))
  await expect(inlined(asking, here)).rejects.toThrow()
  isThere = true
  expect((await inlined(asking, here)).turns[0]?.contents[1]).toMatchObject({ mimeType: 'image/png' })
  expect(asked).toHaveLength(2)
})
