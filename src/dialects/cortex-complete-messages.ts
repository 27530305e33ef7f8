import { type Content, type Media, type ToolResult, documentText } from '../core/content.ts'
import type { AssistantTurn, Turn, UserTurn } from '../core/turn.ts'
import { isObject } from '../lib/merge.ts'
import { type CallIds, callIds } from './call-ids.ts'

type Part = Readonly<Record<string, unknown>> & { readonly type: string }

/** A message: plain words in `content`, everything else in `content_list`. */
interface CortexMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content?: string
  readonly content_list?: readonly Part[]
}

/** The mark on a part up to which the prompt is to be kept in the cache. */
export const EPHEMERAL = { cache_control: { type: 'ephemeral' } } as const

/** The system prompt as the first message. */
export const spellSystem = (system: string, isCached: boolean): CortexMessage =>
  isCached ? marked({ role: 'system', content: system }) : { role: 'system', content: system }

/** A message with the mark on its last part. */
export function marked({ role, content, content_list: list = [] }: CortexMessage): CortexMessage {
  const parts: readonly Part[] = content === undefined ? list : [textPart(content), ...list]
  return {
    role,
    content_list: parts.map((part, i) => (i === parts.length - 1 ? { ...part, ...EPHEMERAL } : part)),
  }
}

/** The messages of the turns; none where there is nothing to say ("content cannot be empty string"). */
export function spellTurns(turns: readonly Turn[]): CortexMessage[] {
  const ids = callIds()
  return turns.flatMap((turn) =>
    turn.role === 'user' ? userMessage(turn, ids) : assistantMessage(turn, ids),
  )
}

/** The results of tools go first, as the answers to the calls of the turn before; all of it is one message. */
function userMessage({ contents }: UserTurn, ids: CallIds): readonly CortexMessage[] {
  const results = contents.filter((content) => content.type === 'tool-result')
  const rest = contents.flatMap((content) =>
    content.type === 'tool-result' ? attachments(content) : [content],
  )
  const parts = [
    ...results.map((result) => spellResult(result, ids)),
    ...rest.flatMap((content) => spellPart(content, ids)),
  ]
  if (parts.length === 0) return []
  const texts = parts.flatMap(({ type, text }) => (type === 'text' ? [String(text)] : []))
  if (texts.length === parts.length) return [{ role: 'user', content: texts.join('\n\n') }]
  return [{ role: 'user', content_list: parts }]
}

/** A tool's result holds text only: pictures follow, said to be the tool's. */
const attachments = ({ name, media = [] }: ToolResult): readonly Content[] =>
  media.length === 0 ? [] : [{ type: 'text', text: `The attachment of ${name}:` }, ...media]

const spellResult = ({ id, name, content, isError, media }: ToolResult, ids: CallIds): Part => ({
  type: 'tool_results',
  tool_results: {
    tool_use_id: ids.of(id),
    name,
    content: [
      // Not every model behind it is shown the status.
      textPart(
        (isError ? `Error: ${content}` : content) ||
          (media ? `See the attachment of ${name} below.` : 'done'),
      ),
    ],
    ...(isError && { status: 'error' }),
  },
})

/** Words stand in `content` and calls in `content_list`, as in Snowflake's own example; with thinking all stand in their order. */
function assistantMessage({ contents, refusal }: AssistantTurn, ids: CallIds): readonly CortexMessage[] {
  const parts = contents.flatMap((content) =>
    content.type === 'thinking' || content.type === 'media' ? [] : spellPart(content, ids),
  )
  const thoughts = contents.flatMap(spellThinking)
  const text = parts.flatMap((part) => (part.type === 'text' ? [String(part.text)] : [])).join('')
  const others = parts.filter(({ type }) => type !== 'text')
  const said = text || (others.length === 0 ? (refusal ?? '') : '')
  if (said === '' && others.length === 0) return []
  if (thoughts.length > 0)
    return [
      {
        role: 'assistant',
        content_list: [...thoughts, ...(said ? [textPart(said)] : []), ...others],
      },
    ]
  return [
    {
      role: 'assistant',
      ...(said && { content: said }),
      ...(others.length > 0 && { content_list: others }),
    },
  ]
}

/** Thinking goes back only with what proves it to be the model's own. */
function spellThinking(content: Content): readonly Part[] {
  if (content.type !== 'thinking' || content.opaque?.dialect !== 'cortex-complete') return []
  const { value } = content.opaque
  if (!isObject(value)) return []
  if (typeof value.signature === 'string')
    return [
      {
        type: 'anthropic',
        anthropic: { thinking: { thinking: content.text, signature: value.signature } },
      },
    ]
  if (typeof value.encrypted === 'string')
    return [
      {
        type: 'openai',
        openai: { reasoning: { summary: content.text, encrypted_content: value.encrypted } },
      },
    ]
  return []
}

const textPart = (text: string): Part => ({ type: 'text', text })

function spellPart(content: Content, ids: CallIds): readonly Part[] {
  switch (content.type) {
    case 'text':
      return content.text === '' ? [] : [textPart(content.text)]
    case 'json':
      return [textPart(JSON.stringify(content.value))]
    case 'media':
      return [spellMedia(content)]
    case 'tool-call':
      return [
        {
          type: 'tool_use',
          tool_use: {
            tool_use_id: ids.issue(content.id),
            name: content.name,
            // Arguments that were no JSON go back as what they were, in an object: nothing else is taken.
            input: content.input ?? { unusable: content.raw ?? '' },
          },
        },
      ]
    case 'thinking':
    case 'citation':
    case 'tool-result':
    case 'server-tool':
      return []
  }
}

function spellMedia(media: Media): Part {
  const { kind, data, mimeType, detail, url, fileId } = media
  if (kind === 'document') return textPart(documentText(media))
  if (kind !== 'image')
    throw new TypeError(
      `Snowflake takes text and pictures, no ${kind === 'pdf' ? 'PDF' : 'recording'}: pass its text, or pictures of its pages`,
    )
  if (data === undefined)
    throw new TypeError(
      `Snowflake takes the bytes of a picture, no address: download ${url ?? fileId ?? 'it'} and pass the bytes to image()`,
    )
  return {
    type: 'image',
    details: { type: 'base64', content: data, content_type: mimeType, ...(detail && { detail }) },
  }
}
