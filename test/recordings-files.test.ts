import { expect, test } from 'vitest'
import { chatWith } from '../src/chat-with.ts'
import { readFile as readGemini } from '../src/providers/files-gemini.ts'
import { readFile, readFiles } from '../src/providers/files-rest.ts'
import { fileServer } from './file-server.ts'
import { json } from './loopback.ts'
import { providerAt } from './provider.ts'
import { type Aside, asidesOf } from './recordings/asides.ts'
import { hasRecordings } from './recordings/recordings.ts'

test.runIf(!hasRecordings)('recorded files are skipped: there is no ../shared/recordings', () => {
  expect(hasRecordings).toBe(false)
})

type Fields = Readonly<Record<string, unknown>>
const recorded = hasRecordings ? asidesOf('files') : []
const isUpload = ({ method, body, provider }: Aside): boolean =>
  method === 'POST' && body !== undefined && provider !== 'google-gemini'
const named = (all: readonly Aside[]): readonly (readonly [string, Aside])[] =>
  all.map((one) => [one.name, one])

const uploads = recorded.filter(isUpload)
test.runIf(hasRecordings)('there are uploads to four providers', () => {
  expect(new Set(uploads.map(({ provider }) => provider))).toEqual(
    new Set(['anthropic', 'mistral', 'openai', 'xai']),
  )
  expect(uploads.length).toBeGreaterThan(12)
})

test.each(named(uploads))('%s: what was kept is read', (_, { body }) => {
  const row = body as Fields
  const file = readFile(row)
  expect(file).toMatchObject({ id: row.id, name: row.filename, size: row.bytes ?? row.size_bytes })
  expect(file?.media.fileId).toBe(row.id)
  // One recorder wrote the day of every answer as 1970, which is unknown.
  if (!String(row.created_at).startsWith('1970'))
    expect(file?.created?.getUTCFullYear()).toBeGreaterThan(2024)
  if (String(row.filename).endsWith('.pdf')) expect(file?.media.kind).toBe('pdf')
})

const lists = recorded.filter(
  ({ body, method }) => method === 'GET' && Array.isArray((body as Fields | undefined)?.data),
)
test.each(named(lists))('%s: every file of a list is read', (_, { body }) => {
  const { data } = body as { readonly data: readonly Fields[] }
  expect(readFiles(body).map(({ id, name }) => [id, name])).toEqual(
    data.map(({ id, filename }) => [id, filename]),
  )
})

const toGoogle = recorded.filter(({ provider, body }) => provider === 'google-gemini' && isKept(body))
function isKept(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'file' in body
}
test.each(named(toGoogle))('%s: what Google kept is read, with the day it will be gone', (_, { body }) => {
  const { file: row } = body as { readonly file: Fields }
  const file = readGemini(row)
  expect(file).toMatchObject({
    id: row.name,
    name: row.displayName,
    mimeType: row.mimeType,
    size: Number(row.sizeBytes),
  })
  expect(file?.expires?.getTime()).toBeGreaterThan(file?.created?.getTime() ?? Infinity)
})

const contents = recorded.filter(
  ({ url, status, text }) => url.endsWith('/content') && status === 200 && text,
)
test.each(named(contents))('%s: a file is given as it came', async (_, { text = '', url }) => {
  const server = await fileServer((reply) => reply.end(text))
  const files = async (): Promise<typeof import('../src/providers/files-openai.ts').openaiFiles> =>
    (await import('../src/providers/files-openai.ts')).openaiFiles
  const chat = chatWith(providerAt(`${server.origin}/v1`, { files }), {})
  const bytes = await chat.files.download(/files\/([^/]+)\//.exec(url)?.[1] ?? '')
  expect(new TextDecoder().decode(bytes)).toBe(text)
  expect(`https://api.openai.com${server.asked[0]?.path}`).toBe(url)
})

const refused = recorded.filter(({ status }) => status >= 400)
test.each(named(refused))('%s: a refusal is told', async (_, { status, body }) => {
  const server = await fileServer((reply) => json(reply, status, body))
  const chat = chatWith(
    providerAt(server.origin, {
      files: async () => (await import('../src/providers/files-anthropic.ts')).anthropicFiles,
    }),
    {},
  )
  const { message } = (body as { readonly error: { readonly message: string } }).error
  await expect(chat.files.download('x')).rejects.toThrow(message)
})
