import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { type Chat, type ChatOptions, type UploadProgress } from 'natter'
import { fileServer } from '../../test/file-server.ts'
import { json, listen, refusalOf } from '../../test/loopback.ts'
import { providerAt } from '../../test/provider.ts'
import { chatWith } from '../chat-with.ts'

const chatAt = (origin: string, options: ChatOptions = {}): Chat =>
  chatWith(
    providerAt(`${origin}/v1`, {
      files: async () => (await import('../providers/files-openai.ts')).openaiFiles,
    }),
    { apiKey: 'k', retries: 1, ...options },
  )

const heardBy = (): {
  readonly heard: UploadProgress[]
  readonly onProgress: (at: UploadProgress) => void
} => {
  const heard: UploadProgress[] = []
  return { heard, onProgress: (at) => void heard.push(at) }
}

test('an upload tells how far it is, up to its end, and sends the same bytes', async () => {
  const server = await fileServer((reply) => json(reply, 200, { id: 'f' }))
  const { heard, onProgress } = heardBy()
  const file = new Uint8Array(1e6).fill(7)
  await chatAt(server.origin).files.upload(file, { onProgress })
  const size = server.asked[0]?.bytes.length ?? 0
  expect(size).toBeGreaterThan(1e6)
  expect(server.asked[0]?.bytes.includes(Buffer.from(file))).toBe(true)
  expect(heard.length).toBeGreaterThan(10)
  expect(heard.map(({ sent }) => sent)).toEqual(heard.map(({ sent }) => sent).toSorted((a, b) => a - b))
  expect(heard.at(-1)).toEqual({ sent: size, total: size })
})

test('an upload tells of its end where a fetch was passed in, which cannot tell more', async () => {
  const server = await fileServer((reply) => json(reply, 200, { id: 'f' }))
  const { heard, onProgress } = heardBy()
  await chatAt(server.origin, { fetch }).files.upload(new Uint8Array(100), { onProgress })
  const size = server.asked[0]?.bytes.length ?? 0
  expect(heard).toEqual([{ sent: size, total: size }])
})

test('an upload that is sent again begins anew', async () => {
  const server = await fileServer((reply, _, __, n) =>
    n === 0 ? json(reply, 429, { error: 'slow' }, { 'retry-after': '0' }) : json(reply, 200, { id: 'f' }),
  )
  const { heard, onProgress } = heardBy()
  await chatAt(server.origin).files.upload(new Uint8Array(10), { onProgress })
  expect(heard).toHaveLength(2)
  expect(heard[1]).toEqual(heard[0])
})

test('what onProgress throws ends the upload', async () => {
  const server = await fileServer((reply) => json(reply, 200, { id: 'f' }))
  const boom = new Error('enough')
  const upload = chatAt(server.origin).files.upload(new Uint8Array(1e6), {
    onProgress: () => {
      throw boom
    },
  })
  await expect(upload).rejects.toBe(boom)
})

test('a slow line is no silence, and a server that takes nothing more is', async () => {
  let isStuck = false
  const server = createServer((request, reply) => {
    request.on('data', () => {
      request.pause()
      if (!isStuck) setTimeout(() => request.resume(), 1)
    })
    request.on('end', () => json(reply, 200, { id: 'f' }))
  })
  const origin = `http://127.0.0.1:${await listen(server)}`
  const { files } = chatAt(origin, { timeout: { firstByte: 500 } })
  const file = new Uint8Array(64e6)
  const began = performance.now()
  await files.upload(file)
  expect(performance.now() - began).toBeGreaterThan(500)
  isStuck = true
  expect(await refusalOf(files.upload(file))).toMatchObject({ code: 'timeout' })
})
