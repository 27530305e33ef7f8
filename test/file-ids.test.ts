import { expect, test } from 'vitest'
import type { Media } from 'natter'
import type { Dialect } from '../src/dialects/dialect.ts'
import * as lazy from '../src/dialects/lazy-dialects.ts'
import { openaiChat } from '../src/dialects/openai-chat.ts'

const file = (kind: Media['kind'], mimeType: string, fileId = 'file-1'): Media => ({
  type: 'media',
  kind,
  mimeType,
  fileId,
  name: 'a',
})
const FILES = [
  file('image', 'image/png'),
  file('pdf', 'application/pdf'),
  file('document', 'text/csv'),
  file('audio', 'audio/mpeg'),
]
const dialects = Object.values(lazy).filter((value) => typeof value === 'object')

const spell = (dialect: Dialect, media: Media, quirks = {}): string =>
  JSON.stringify(
    dialect.encode(
      {
        model: 'm',
        turns: [{ role: 'user', contents: [{ type: 'text', text: 'Read it.' }, media] }],
        params: {},
        stream: false,
      },
      quirks,
    ).body,
  )

/** What a dialect makes of a file that is only named by its id. */
function fate(dialect: Dialect, media: Media): 'named' | 'refused' | 'lost' {
  try {
    return spell(dialect, media).includes(media.fileId ?? '') ? 'named' : 'lost'
  } catch (error) {
    if (error instanceof TypeError) return 'refused'
    throw error
  }
}

test.each([openaiChat, ...dialects].map((dialect) => [dialect.id, dialect] as const))(
  '%s names an uploaded file to its server or refuses it, and never loses it',
  async (_, dialect) => {
    const known = await lazy.dialectOf(dialect)
    const fates = FILES.map((media) => fate(known, media))
    expect(fates).toEqual(
      {
        'openai-chat': ['refused', 'named', 'named', 'refused'],
        'openai-responses': ['named', 'named', 'named', 'named'],
        'anthropic-messages': ['named', 'named', 'named', 'refused'],
        gemini: ['named', 'named', 'named', 'named'],
      }[dialect.id] ?? ['refused', 'refused', 'refused', 'refused'],
    )
  },
)

test('each provider with files is told of them in its own words', async () => {
  const [, pdf] = FILES as [Media, Media]
  expect(spell(openaiChat, pdf)).toContain('{"type":"file","file":{"file_id":"file-1"}}')
  expect(spell(openaiChat, pdf, { fileParts: 'flat' })).toContain('{"type":"file","file_id":"file-1"}')
  expect(spell(await lazy.dialectOf(lazy.openaiResponses), pdf)).toContain(
    '{"type":"input_file","file_id":"file-1"}',
  )
  expect(spell(await lazy.dialectOf(lazy.anthropicMessages), pdf)).toContain(
    '"source":{"type":"file","file_id":"file-1"}',
  )
  expect(spell(await lazy.dialectOf(lazy.gemini), { ...pdf, fileId: 'files/abc' })).toContain(
    '"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"',
  )
  expect(
    spell(await lazy.dialectOf(lazy.bedrockConverse), { ...pdf, fileId: 's3://bucket/a.pdf' }),
  ).toContain('s3://bucket/a.pdf')
})
