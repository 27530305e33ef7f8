import type { Content, Media } from '../core/content.ts'
import type { ToolSpec } from '../core/request.ts'
import type { Turn } from '../core/turn.ts'

/** For each turn and each tool, besides its words. */
const ENVELOPE = 4
/** A picture of about a million pixels: servers count 85 to 1,600. */
const PICTURE = 1000
/** A page of a PDF as text and picture. https://docs.claude.com/en/docs/build-with-claude/pdf-support */
const PAGE = 2000
const BYTES_A_PAGE = 50_000
/** A second of speech. https://ai.google.dev/gemini-api/docs/audio */
const SECOND = 32
const BYTES_A_SECOND = 16_000

/**
 * About how many tokens turns take as a prompt. It is an estimate, mostly within a third of the truth: four ASCII characters a
 * token, two of other alphabets, one for each Chinese, Japanese or Korean one; 1,000 for a picture, 2,000 for each 50 kB of a
 * PDF, 32 for each 16 kB of sound. Thinking is not counted, as servers do not take it back.
 */
export function estimateTokens(turns: readonly Turn[], system = '', tools: readonly ToolSpec[] = []): number {
  let tokens = system === '' ? 0 : ENVELOPE + textTokens(system)
  for (const tool of tools) tokens += ENVELOPE + textTokens(JSON.stringify(tool))
  for (const turn of turns) {
    tokens += ENVELOPE
    for (const content of turn.contents) tokens += contentTokens(content)
  }
  return Math.ceil(tokens)
}

function contentTokens(content: Content): number {
  switch (content.type) {
    case 'text':
      return textTokens(content.text)
    case 'thinking':
    case 'citation':
      return 0
    case 'media':
      return mediaTokens(content)
    case 'tool-call':
      return (
        ENVELOPE +
        textTokens(content.name + (content.input ? JSON.stringify(content.input) : (content.raw ?? '')))
      )
    case 'tool-result': {
      const media = (content.media ?? []).reduce((sum, medium) => sum + mediaTokens(medium), 0)
      return ENVELOPE + textTokens(content.content) + media
    }
    case 'json':
      return textTokens(JSON.stringify(content.value) ?? '')
    case 'server-tool':
      return textTokens(JSON.stringify(content.opaque?.value) ?? '')
  }
}

/** One that is fetched by the server is taken for a picture, a page, or a minute. */
function mediaTokens({ kind, data }: Media): number {
  const bytes = data === undefined ? undefined : data.length * 0.75
  switch (kind) {
    case 'image':
      return PICTURE
    case 'pdf':
      return PAGE * Math.max(1, Math.ceil((bytes ?? 0) / BYTES_A_PAGE))
    case 'audio':
      return SECOND * Math.ceil(bytes === undefined ? 60 : bytes / BYTES_A_SECOND)
    case 'document':
      return bytes === undefined ? PAGE : bytes / 4
  }
}

const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/g

function textTokens(text: string): number {
  const others = text.match(/[^\0-\x7f]/g)?.length ?? 0
  if (others === 0) return text.length / 4
  const wide = text.match(WIDE)?.length ?? 0
  return (text.length - others) / 4 + wide + (others - wide) / 2
}
