import {
  type Content,
  type Media,
  type ToolCall,
  type ToolResult,
  documentText,
  urlOf,
} from '../core/content.ts'
import type { AssistantTurn, Turn, UserTurn } from '../core/turn.ts'
import { isObject } from '../lib/merge.ts'
import type { Quirks } from './dialect.ts'
import { type Item, unsealed } from './openai-responses-items.ts'

/** A conversation as the items of `input`. */
export function spellInput(turns: readonly Turn[], quirks: Quirks): readonly Item[] {
  const customs = new Set<string>()
  return turns.flatMap((turn) =>
    turn.role === 'user' ? userItems(turn, quirks, customs) : assistantItems(turn, customs),
  )
}

/** Tool results go first, as the answers to the calls of the turn before; the rest follows in one message: many templates refuse two in a row. */
function userItems(
  { contents }: UserTurn,
  { content }: Quirks,
  customs: ReadonlySet<string>,
): readonly Item[] {
  const results = contents.filter((one) => one.type === 'tool-result')
  const items = results.map((result) => resultItem(result, customs))
  const parts = contents.flatMap((one) => spellPart(one))
  const [only] = parts
  if (!only) return items
  const isText = parts.length === 1 && only.type === 'input_text' && content !== 'parts'
  return [...items, { type: 'message', role: 'user', content: isText ? only.text : parts }]
}

/** A failure is told in words: the dialect has no mark for it. */
function resultItem({ id, content, isError, media = [] }: ToolResult, customs: ReadonlySet<string>): Item {
  const text = isError ? `Error: ${content}` : content
  return {
    type: customs.has(id) ? 'custom_tool_call_output' : 'function_call_output',
    call_id: id,
    output: media.length === 0 ? text || 'done' : [...textPart(text), ...media.map(spellMedia)],
  }
}

const textPart = (text: string): readonly Item[] => (text === '' ? [] : [{ type: 'input_text', text }])

function spellPart(content: Content): readonly Item[] {
  switch (content.type) {
    case 'text':
      return textPart(content.text)
    case 'json':
      return textPart(JSON.stringify(content.value))
    case 'media':
      return [spellMedia(content)]
    case 'thinking':
    case 'citation':
    case 'tool-call':
    case 'tool-result':
    case 'server-tool':
      return []
  }
}

function spellMedia(media: Media): Item {
  const { kind, fileId, url, data, name, detail } = media
  if (kind === 'image')
    return {
      type: 'input_image',
      ...(fileId === undefined ? { image_url: urlOf(media) } : { file_id: fileId }),
      ...(detail && { detail }),
    }
  if (fileId !== undefined) return { type: 'input_file', file_id: fileId }
  if (kind === 'audio') return recording(media)
  if (url !== undefined) return { type: 'input_file', file_url: url }
  if (kind === 'document') return { type: 'input_text', text: documentText(media) }
  return {
    type: 'input_file',
    filename: name ?? 'file.pdf',
    file_data: `data:${media.mimeType};base64,${data ?? ''}`,
  }
}

/** OpenRouter's way; OpenAI's own models hear recordings by chat completions only. */
function recording({ mimeType, data, url }: Media): Item {
  if (data === undefined)
    throw new TypeError(
      `a recording must be sent as its bytes, not by its address ${url ?? ''}: download it first`,
    )
  const format = mimeType.replace(/^audio\/(x-)?/, '')
  return { type: 'input_audio', input_audio: { data, format: format === 'mpeg' ? 'mp3' : format } }
}

/** What a model said, as the items that it came in. */
function assistantItems({ contents, refusal = '' }: AssistantTurn, customs: Set<string>): readonly Item[] {
  const items: Item[] = []
  let reasoning: readonly Item[] = []
  /** "Item of type 'reasoning' was provided without its required following item": it goes out with what it led to, or not at all. */
  const add = (item: Item): void => {
    items.push(...reasoning, item)
    reasoning = []
  }
  for (const content of contents)
    switch (content.type) {
      case 'text':
        if (content.text !== '') add(messageItem(content.text, unsealed(content.opaque)))
        break
      case 'json':
        add(messageItem(JSON.stringify(content.value)))
        break
      case 'thinking': {
        const again = unsealed(content.opaque)
        if (Array.isArray(again)) reasoning = [...reasoning, ...again.filter(isObject)]
        break
      }
      case 'tool-call':
        add(callItem(content, customs))
        break
      case 'server-tool': {
        const again = unsealed(content.opaque)
        if (isObject(again)) add(again)
        break
      }
      case 'media': {
        // The picture goes back into the call that made it; others have no place in what an assistant says.
        const last = items.at(-1)
        if (last && isPictureless(last)) items[items.length - 1] = { ...last, result: content.data ?? '' }
        break
      }
      case 'citation':
      case 'tool-result':
        break
    }
  if (items.length === 0 && refusal !== '') items.push(messageItem(refusal))
  return items.filter((item) => !isPictureless(item))
}

const isPictureless = (item: Item): boolean => item.type === 'image_generation_call' && !item.result

/** llama-server takes a list of parts only where the item says that it is a message. */
const messageItem = (text: string, state?: unknown): Item => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
  ...(isObject(state) && typeof state.phase === 'string' && { phase: state.phase }),
})

/** Arguments that were no JSON go back as what they were, in an object: servers refuse anything else in a history. */
function callItem({ id, name, input, raw, opaque }: ToolCall, customs: Set<string>): Item {
  const state = unsealed(opaque)
  if (isObject(state) && state.type === 'custom_tool_call') {
    customs.add(id)
    return { type: 'custom_tool_call', call_id: id, name, input: raw ?? JSON.stringify(input) }
  }
  return {
    type: 'function_call',
    ...(isObject(state) && state),
    call_id: id,
    name,
    arguments: JSON.stringify(input ?? { unusable: raw ?? '' }),
  }
}
