import type { Content, Media, ToolResult } from '../core/content.ts'
import { documentText } from '../core/content.ts'
import type { AssistantTurn, UserTurn } from '../core/turn.ts'
import { fromBase64 } from '../lib/base64.ts'
import { isObject } from '../lib/merge.ts'
import { type Block, blocksOf, unsealed } from './anthropic-messages-opaque.ts'
import type { CallIds } from './call-ids.ts'

/** What a user says, results first: "tool_result blocks must be at the start of the content". */
export function userBlocks({ contents }: UserTurn, ids: CallIds): readonly Block[] {
  const results: Block[] = []
  const rest: Block[] = []
  for (const content of contents) {
    if (content.type === 'tool-result') {
      results.push(resultBlock(content, ids))
      if (content.isError && content.media) rest.push(...content.media.map(mediaBlock))
    } else rest.push(...saidBlocks(content))
  }
  return joinBlank([...results, ...rest])
}

function saidBlocks(content: Content): readonly Block[] {
  switch (content.type) {
    case 'text':
      return [textBlock(content.text)]
    case 'json':
      return [textBlock(JSON.stringify(content.value))]
    case 'media':
      return [mediaBlock(content)]
    case 'thinking':
    case 'citation':
    case 'tool-call':
    case 'tool-result':
    case 'server-tool':
      return []
  }
}

/** What the model said, with the blocks that must come back as they came. `isLast`: it is to go on with what it said. */
export function assistantBlocks(turn: AssistantTurn, ids: CallIds, isLast = false): readonly Block[] {
  const blocks = turn.contents.flatMap((content) => answerBlocks(content, ids))
  if (turn.refusal && !blocks.some(({ type }) => type === 'text')) blocks.push(textBlock(turn.refusal))
  const { finish } = turn
  const isCut = finish === 'aborted' || finish === 'error' || (finish === 'pause_turn' && !isLast)
  const whole = joinBlank(isCut ? withoutOpenCalls(blocks) : blocks)
  // "The final block in an assistant message cannot be `thinking`."
  const end = whole.findLastIndex(({ type }) => !type.endsWith('thinking'))
  return whole.slice(0, end + 1)
}

function answerBlocks(content: Content, ids: CallIds): readonly Block[] {
  switch (content.type) {
    case 'text': {
      const blocks = blocksOf(content.opaque)
      const said = blocks.map(({ text }) => text).join('')
      // The text may have been changed since, as by a call that was taken out of it.
      return blocks.length > 0 && said === content.text ? blocks : [textBlock(content.text)]
    }
    case 'json':
      return [textBlock(JSON.stringify(content.value))]
    case 'thinking':
      // Without its signature it is refused: "messages.1.content.0.thinking.signature: Field required".
      return blocksOf(content.opaque)
    case 'server-tool':
      return blocksOf(content.opaque)
    case 'tool-call': {
      const { id, name, input, raw = '', opaque } = content
      const more = unsealed(opaque)
      return [
        {
          type: 'tool_use',
          id: ids.issue(id),
          name,
          input: input ?? { unusable: raw },
          ...(isObject(more) && isObject(more.caller) && { caller: more.caller }),
        },
      ]
    }
    case 'media':
    case 'citation':
    case 'tool-result':
      return []
  }
}

const textBlock = (text: string): Block => ({ type: 'text', text })

/** White space joined to the text after it, or left out: "text content blocks must contain non-whitespace text". */
function joinBlank(blocks: readonly Block[]): readonly Block[] {
  const joined: Block[] = []
  let blank = ''
  for (const block of blocks) {
    const { type, text } = block
    if (type === 'text' && typeof text === 'string') {
      blank += text
      if (text.trim() === '') continue
      joined.push(blank === text ? block : { ...block, text: blank })
    } else joined.push(block)
    blank = ''
  }
  return joined
}

/** A search that an abort cut off has no result, and is refused: "`web_search` tool use with id … was found without a corresponding `web_search_tool_result` block". */
function withoutOpenCalls(blocks: readonly Block[]): readonly Block[] {
  const answered = new Set(blocks.map((block) => block.tool_use_id))
  return blocks.filter(
    ({ type, id }) => type === 'tool_use' || !type.endsWith('tool_use') || answered.has(id),
  )
}

/** A failure takes text only: "all content must be type `text` if `is_error` is true". */
function resultBlock({ id, content, isError, media = [] }: ToolResult, ids: CallIds): Block {
  const inside = isError ? [] : media.map(mediaBlock)
  const text = content.trim() === '' ? [] : [textBlock(content)]
  return {
    type: 'tool_result',
    tool_use_id: ids.of(id),
    content: inside.length > 0 ? [...text, ...inside] : text.length > 0 ? content : 'done',
    ...(isError && { is_error: true }),
  }
}

function mediaBlock(media: Media): Block {
  switch (media.kind) {
    case 'image':
      return { type: 'image', source: sourceOf(media) }
    case 'pdf':
      return { type: 'document', source: sourceOf(media), ...titleOf(media) }
    case 'document':
      return documentBlock(media)
    case 'audio':
      throw new TypeError(
        'the Messages API takes no recordings: send what is said in it as text, or ask a model that hears',
      )
  }
}

const sourceOf = ({ fileId, url, data = '', mimeType }: Media): Block =>
  fileId !== undefined
    ? { type: 'file', file_id: fileId }
    : url !== undefined
      ? { type: 'url', url }
      : { type: 'base64', media_type: mimeType, data }

/** Text as a document of its own; one that is only named by its URL stays text, as the API fetches no documents but PDFs. */
function documentBlock(media: Media): Block {
  const { fileId, data } = media
  if (fileId !== undefined) return { type: 'document', source: sourceOf(media), ...titleOf(media) }
  const text = data === undefined ? '' : new TextDecoder().decode(fromBase64(data))
  if (text.trim() === '') return textBlock(documentText(media))
  return {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: text },
    ...titleOf(media),
  }
}

const titleOf = ({ name }: Media): { readonly title?: string } => (name ? { title: name } : {})
