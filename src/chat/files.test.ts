import { expect, test } from 'vitest'
import { type Chat, ChatError, type StoredFile } from 'natter'
import { type FileServer, fileServer, formIn } from '../../test/file-server.ts'
import { json, refusalOf } from '../../test/loopback.ts'
import { providerAt } from '../../test/provider.ts'
import { chatWith } from '../chat-with.ts'
import { anthropicMessages, gemini, openaiResponses } from '../dialects/lazy-dialects.ts'
import type { Provider } from '../providers/provider.ts'

const PDF = new TextEncoder().encode('%PDF-1.4 a paper')
const openai: Partial<Provider> = {
  dialect: openaiResponses,
  files: async () => (await import('../providers/files-openai.ts')).openaiFiles,
}
const anthropic: Partial<Provider> = {
  dialect: anthropicMessages,
  headers: { 'anthropic-version': '2023-06-01' },
  auth: { variables: [], places: 'apiKey', header: (key) => ({ 'x-api-key': key }) },
  files: async () => (await import('../providers/files-anthropic.ts')).anthropicFiles,
}
const mistral: Partial<Provider> = {
  files: async () => (await import('../providers/files-mistral.ts')).mistralFiles,
}
const google: Partial<Provider> = {
  dialect: gemini,
  auth: { variables: [], places: 'apiKey', header: (key) => ({ 'x-goog-api-key': key }) },
  files: async () => (await import('../providers/files-gemini.ts')).geminiFiles,
}
const at = ({ origin }: Pick<FileServer, 'origin'>, more: Partial<Provider>): Chat =>
  chatWith(providerAt(`${origin}/v1`, more), {
    apiKey: 'sk-averysecretkey',
    retries: 1,
    apiHeaders: { 'x-team': 'red' },
  })
const linesOf = ({ asked }: FileServer): readonly string[] =>
  asked.map(({ method, path }) => `${method} ${path}`)

test.each([
  ['OpenAI', openai, { bytes: 16, created_at: 1785201993 }, { purpose: 'user_data' }],
  [
    'Anthropic',
    anthropic,
    { size_bytes: 16, created_at: '2026-07-28T01:26:33Z', mime_type: 'application/pdf' },
    {},
  ],
  [
    'Mistral',
    mistral,
    { bytes: 16, created_at: 1785201993, mimetype: 'application/pdf' },
    { purpose: 'ocr' },
  ],
] as const)('%s keeps a file, tells of it and deletes it', async (_, provider, told, fields) => {
  const row = { id: 'file-1', filename: 'paper.pdf', ...told }
  const server = await fileServer((reply, { method, path }) => {
    if (path.endsWith('/content')) reply.end(PDF)
    else
      json(reply, 200, method === 'GET' && !path.includes('file-1') ? { data: [row], has_more: false } : row)
  })
  const { files } = at(server, provider)
  const media = await files.upload(PDF, { name: 'paper.pdf' })
  expect(media).toEqual({
    type: 'media',
    kind: 'pdf',
    mimeType: 'application/pdf',
    fileId: 'file-1',
    name: 'paper.pdf',
  })
  const form = await formIn(server.asked[0] as FileServer['asked'][0])
  const file = form.get('file') as File
  expect(Object.fromEntries([...form].filter(([name]) => name !== 'file'))).toEqual(fields)
  expect([file.name, file.type, Buffer.from(await file.arrayBuffer()).equals(PDF)]).toEqual([
    'paper.pdf',
    'application/pdf',
    true,
  ])
  const stored: StoredFile = {
    id: 'file-1',
    name: 'paper.pdf',
    mimeType: 'application/pdf',
    size: 16,
    created: new Date(1785201993_000),
    media,
  }
  expect(await files.list()).toEqual([stored])
  expect(await files.get('file-1')).toEqual(stored)
  expect(Buffer.from(await files.download(media))).toEqual(Buffer.from(PDF))
  await files.delete(media)
  expect(linesOf(server).map((line) => line.replace(/\?.*/, ''))).toEqual([
    'POST /v1/files',
    'GET /v1/files',
    'GET /v1/files/file-1',
    'GET /v1/files/file-1/content',
    'DELETE /v1/files/file-1',
  ])
  for (const { headers } of server.asked) expect(headers['x-team']).toBe('red')
})

test('Anthropic is told the beta at each question, beside the caller’s own', async () => {
  const server = await fileServer((reply) => json(reply, 200, { data: [] }))
  const chat = chatWith(providerAt(server.origin, anthropic), {
    apiKey: 'k12345678',
    apiHeaders: { 'anthropic-beta': 'mine' },
  })
  await chat.files.list()
  expect(server.asked[0]?.headers).toMatchObject({
    'anthropic-beta': 'files-api-2025-04-14,mine',
    'anthropic-version': '2023-06-01',
    'x-api-key': 'k12345678',
  })
})

test.each([
  ['OpenAI', openai, (path: string) => path.includes('after=b')],
  ['Anthropic', anthropic, (path: string) => path.includes('after_id=b')],
] as const)('%s’s list is read to its last page', async (_, provider, isSecond) => {
  const server = await fileServer((reply, { path }) => {
    if (isSecond(path)) json(reply, 200, { data: [{ id: 'c', filename: 'c.png' }], has_more: false })
    else
      json(reply, 200, { data: [{ id: 'a', filename: 'a.mp3' }, { id: 'b' }], has_more: true, last_id: 'b' })
  })
  const files = await at(server, provider).files.list()
  expect(files.map(({ id, media }) => [id, media.kind])).toEqual([
    ['a', 'audio'],
    ['b', 'document'],
    ['c', 'image'],
  ])
})

test('Mistral’s list is read page by page', async () => {
  const rows = Array.from({ length: 100 }, (_, i) => ({ id: `f${i}` }))
  const server = await fileServer((reply, { path }) =>
    json(reply, 200, { data: path.includes('page=0') ? rows : [{ id: 'last' }] }),
  )
  expect((await at(server, mistral).files.list()).at(-1)?.id).toBe('last')
  expect(linesOf(server)).toEqual([
    'GET /v1/files?page=0&page_size=100',
    'GET /v1/files?page=1&page_size=100',
  ])
})

/** The Gemini API: a file is looked through for a while, and then ready or unusable. */
const googleServer = (states: string[]): Promise<FileServer> =>
  fileServer((reply, { path, headers }, origin) => {
    const file = {
      name: 'files/abc',
      displayName: 'film.mp3',
      mimeType: 'audio/mpeg',
      sizeBytes: '16',
      createTime: '2026-08-19T14:34:14.09Z',
      expirationTime: '2026-08-21T14:34:13.5Z',
      uri: `${origin}/v1beta/files/abc`,
    }
    if (headers['x-goog-upload-command'] === 'start')
      json(reply, 200, '', { 'x-goog-upload-url': `${origin}/upload/v1/files?upload_id=1` })
    else if (path.startsWith('/upload')) json(reply, 200, { file: { ...file, state: states.shift() } })
    else if (path.includes('pageSize')) json(reply, 200, { files: [file] })
    else if (path.includes(':download')) reply.end(PDF)
    else
      json(reply, 200, { ...file, state: states.shift() ?? 'ACTIVE', error: { message: 'no sound in it' } })
  })

test('the Gemini API is sent a file in two steps, and waited for until it has looked through it', async () => {
  const server = await googleServer(['PROCESSING', 'PROCESSING', 'ACTIVE'])
  const { files } = at(server, google)
  const media = await files.upload(PDF, { name: 'film.mp3', mimeType: 'audio/mpeg' })
  expect(media).toEqual({
    type: 'media',
    kind: 'audio',
    mimeType: 'audio/mpeg',
    fileId: 'files/abc',
    name: 'film.mp3',
  })
  expect(linesOf(server)).toEqual([
    'POST /upload/v1/files',
    'POST /upload/v1/files?upload_id=1',
    'GET /v1/files/abc',
    'GET /v1/files/abc',
  ])
  const [begin, upload] = server.asked
  expect(JSON.parse(String(begin?.bytes))).toEqual({ file: { display_name: 'film.mp3' } })
  expect(begin?.headers).toMatchObject({
    'x-goog-upload-protocol': 'resumable',
    'x-goog-upload-header-content-length': '16',
    'x-goog-upload-header-content-type': 'audio/mpeg',
    'x-goog-api-key': 'sk-averysecretkey',
  })
  expect(upload?.headers).toMatchObject({
    'x-goog-upload-command': 'upload, finalize',
    'x-goog-upload-offset': '0',
    'content-length': '16',
  })
  expect(upload?.bytes.equals(PDF)).toBe(true)
  const [stored] = await files.list()
  expect(stored).toMatchObject({ id: 'files/abc', size: 16, expires: new Date('2026-08-21T14:34:13.5Z') })
  expect((await files.get(`${server.origin}/v1beta/files/abc`)).id).toBe('files/abc')
  expect(await files.download(media)).toHaveLength(16)
  await files.delete('abc')
  expect(linesOf(server).slice(-2)).toEqual(['GET /v1/files/abc:download?alt=media', 'DELETE /v1/files/abc'])
})

test('a file that Google cannot use is said to be so, and waiting for one can be ended', async () => {
  const failed = await refusalOf(at(await googleServer(['PROCESSING', 'FAILED']), google).files.upload(PDF))
  expect(failed).toMatchObject({ code: 'bad-request', message: 'Acme cannot use the file: no sound in it' })
  const server = await googleServer(Array.from({ length: 50 }, () => 'PROCESSING'))
  const controller = new AbortController()
  const upload = at(server, google).files.upload(PDF, { signal: controller.signal })
  while (server.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
  controller.abort()
  expect(ChatError.is(await refusalOf(upload), 'aborted')).toBe(true)
})

test('the key goes to no other host, even where the server names one to upload to', async () => {
  const stranger = await fileServer((reply) =>
    json(reply, 200, { file: { name: 'files/x', state: 'ACTIVE' } }),
  )
  const server = await fileServer((reply) =>
    json(reply, 200, '', { 'x-goog-upload-url': `${stranger.origin}/up` }),
  )
  await at(server, google).files.upload(PDF)
  expect(stranger.asked[0]?.headers['x-goog-api-key']).toBeUndefined()
  expect(stranger.asked[0]?.headers['x-team']).toBeUndefined()
})

test('what a file is, is told by its bytes, or by its name', async () => {
  const server = await fileServer((reply) => json(reply, 200, { id: 'f' }))
  const { files } = at(server, openai)
  const of = async (bytes: Uint8Array, name?: string): Promise<readonly string[]> => {
    const { kind, mimeType } = await files.upload(bytes, name === undefined ? {} : { name })
    return [kind, mimeType]
  }
  const text = new TextEncoder().encode('a,b\n1,2\n')
  expect(await of(text, 'table.csv')).toEqual(['document', 'text/csv'])
  expect(await of(text)).toEqual(['document', 'text/plain'])
  expect(await of(PDF, 'lies.png')).toEqual(['pdf', 'application/pdf'])
  expect(await of(Uint8Array.of(0, 255, 0, 254), 'x.bin')).toEqual(['document', 'application/octet-stream'])
})

test('a prompt refers to what was uploaded', async () => {
  const server = await fileServer((reply) => json(reply, 200, { id: 'file-1', filename: 'a.pdf' }))
  const chat = at(server, openai)
  const { body } = await chat.explain(['Sum it up.', await chat.files.upload(PDF, { name: 'a.pdf' })])
  expect(JSON.stringify(body['input'])).toContain('{"type":"input_file","file_id":"file-1"}')
})

test('mistakes are told before anything is sent', async () => {
  const server = await fileServer((reply) => json(reply, 200, {}))
  const { files } = at(server, openai)
  await expect(files.upload('no-such.pdf')).rejects.toThrow(/cannot read no-such.pdf: there is no such file/)
  await expect(files.upload(new Uint8Array())).rejects.toThrow(/is empty/)
  await expect(files.upload(PDF, { maxBytes: 10 })).rejects.toThrow(RangeError)
  await expect(files.upload(PDF, { maxBytes: 1e12 })).rejects.toThrow(/Acme keeps files of 512 MB at most/)
  for (const wrong of ['', {}, null, 7])
    await expect(files.get(wrong as string)).rejects.toThrow(/named by its id/)
  await expect(at(server, {}).files.list()).rejects.toThrow(
    /^Acme keeps no files: put the file itself into the prompt, with image\(\).*Anthropic, Google Gemini, Mistral and OpenAI keep them/,
  )
  expect(server.asked).toEqual([])
})

test('refusals are told in the server’s words, without the key, and say what to do', async () => {
  const server = await fileServer((reply, { method }) =>
    method === 'POST'
      ? json(reply, 400, { error: { message: 'bad purpose, sk-averysecretkey' } })
      : json(reply, 404, { error: { message: 'No such File object: x' } }),
  )
  const { files } = at(server, openai)
  const bad = await refusalOf(files.upload(PDF))
  expect(bad).toMatchObject({ code: 'bad-request', message: 'Acme answered 400: bad purpose, [redacted].' })
  const missing = await refusalOf(files.get('x'))
  expect(missing.code).toBe('not-found')
  expect(missing.message).toMatch(/No such File object: x\. Check its id: chat\.files\.list\(\) tells/)
  const odd = await fileServer((reply) => json(reply, 200, { hello: 'world' }))
  expect((await refusalOf(at(odd, openai).files.get('x'))).message).toBe(
    'Acme answered with something that tells of no file.',
  )
  expect((await refusalOf(at(odd, google).files.upload(PDF))).message).toBe(
    'Acme did not say where to upload to.',
  )
})

test('an upload is not sent twice unless it was refused, an answer that is only read may be', async () => {
  const broken = await fileServer((reply, _, __, n) =>
    n === 0 ? json(reply, 500, { error: 'oops' }) : json(reply, 200, { id: 'f', data: [] }),
  )
  expect((await refusalOf(at(broken, openai).files.upload(PDF))).code).toBe('server-error')
  expect(broken.asked).toHaveLength(1)
  const busy = await fileServer((reply, _, __, n) =>
    n === 0 ? json(reply, 429, { error: 'slow' }, { 'retry-after': '0' }) : json(reply, 200, { id: 'f' }),
  )
  expect((await at(busy, openai).files.upload(PDF)).fileId).toBe('f')
  const once = await fileServer((reply, _, __, n) =>
    n === 0 ? json(reply, 500, { error: 'oops' }) : json(reply, 200, { data: [] }),
  )
  expect(await at(once, openai).files.list()).toEqual([])
})
