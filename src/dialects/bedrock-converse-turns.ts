import type { Content, Opaque, Thinking, ToolCall, ToolResult } from '../core/content.ts'
import type { AssistantTurn, Turn, UserTurn } from '../core/turn.ts'
import { isObject } from '../lib/merge.ts'
import { BedrockMedia } from './bedrock-converse-media.ts'
import { isNova, isVersedInTools } from './bedrock-converse-models.ts'
import { type CallIds, callIds } from './call-ids.ts'

/** The dialect's id, under which it hands state back to its servers. */
export const ID = 'bedrock-converse'

/** A member of a message's content. */
export type Block = Readonly<Record<string, unknown>>

/** A message; one of each side in turn. */
export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

/** A block of thinking to be sent back: `length` characters of the text with their signature, or encrypted thinking. */
export type ThinkingBlock =
  | { readonly length: number; readonly signature: string }
  | { readonly redactedContent: string }

/** Spells a conversation; a side that speaks twice says it in one message ("A conversation must alternate between user and assistant roles"). */
export function spellTurns(turns: readonly Turn[], model: string): readonly Message[] {
  const media = new BedrockMedia()
  const ids = callIds()
  const messages: Message[] = []
  for (const turn of turns) {
    const content =
      turn.role === 'user' ? userBlocks(turn, model, media, ids) : assistantBlocks(turn, model, ids)
    const last = messages.at(-1)
    if (content.length === 0) continue
    if (last?.role === turn.role)
      messages[messages.length - 1] = { ...last, content: [...last.content, ...content] }
    else messages.push({ role: turn.role, content })
  }
  return messages
}

/** "The text field in the ContentBlock object at messages.0.content.0 is blank": such text is not sent. */
const textBlocks = (text: string): readonly Block[] => (text.trim() === '' ? [] : [{ text }])

/** Results first: a call must be answered at the beginning of the next message. */
function userBlocks(
  { contents }: UserTurn,
  model: string,
  media: BedrockMedia,
  ids: CallIds,
): readonly Block[] {
  const results: Block[] = []
  const rest: Block[] = []
  for (const content of contents) {
    if (content.type === 'tool-result') {
      const sound = content.media?.filter(({ kind }) => kind === 'audio') ?? []
      results.push(resultBlock(content, model, media, ids))
      // A result holds no recordings: they follow, said to be the tool's.
      if (sound.length > 0)
        rest.push({ text: `The attachment of ${content.name}:` }, ...sound.map((one) => media.spell(one)))
    } else rest.push(...spellContent(content, media))
  }
  // "If you include a document field in the array, you must also include a text field", says the API reference.
  if (rest.some((block) => 'document' in block) && !rest.some((block) => 'text' in block))
    rest.unshift({ text: 'The document:' })
  return [...results, ...rest]
}

function spellContent(content: Content, media: BedrockMedia): readonly Block[] {
  switch (content.type) {
    case 'text':
      return textBlocks(content.text)
    case 'json':
      return [{ text: JSON.stringify(content.value) }]
    case 'media':
      return [media.spell(content)]
    case 'thinking':
    case 'citation':
    case 'tool-call':
    case 'tool-result':
    case 'server-tool':
      return []
  }
}

function resultBlock(result: ToolResult, model: string, media: BedrockMedia, ids: CallIds): Block {
  const { name, isError = false } = result
  const id = ids.of(result.id)
  const attached = (result.media ?? []).filter(({ kind }) => kind !== 'audio')
  const text =
    result.content.trim() === '' ? (result.media ? `The attachment of ${name}:` : 'done') : result.content
  const content = attached.map((one) => media.spell(one))
  return {
    toolResult: isVersedInTools(model)
      ? { toolUseId: id, content: [{ text }, ...content], status: isError ? 'error' : 'success' }
      : { toolUseId: id, content: [{ text: isError ? `Error: ${text}` : text }, ...content] },
  }
}

function assistantBlocks(turn: AssistantTurn, model: string, ids: CallIds): readonly Block[] {
  const blocks: Block[] = []
  for (const content of turn.contents) {
    if (content.type === 'thinking') blocks.push(...thinkingBlocks(content, model))
    else if (content.type === 'tool-call') blocks.push(callBlock(content, ids))
    else if (content.type === 'server-tool') blocks.push(...serverToolBlocks(content.opaque, model))
    else if (content.type === 'text') blocks.push(...textBlocks(content.text))
    else if (content.type === 'json') blocks.push({ text: JSON.stringify(content.value) })
  }
  return blocks.length > 0 ? blocks : textBlocks(turn.refusal ?? '')
}

/** Arguments that were no JSON go back as what they were, in an object: nothing else is taken. */
const callBlock = ({ id, name, input, raw }: ToolCall, ids: CallIds): Block => ({
  toolUse: { toolUseId: ids.issue(id), name, input: input ?? { unusable: raw ?? '' } },
})

/** Thinking goes back only with what its maker signed, and only to a model that may have signed it. */
function thinkingBlocks({ text, opaque }: Thinking, model: string): readonly Block[] {
  if (opaque?.dialect !== ID || !Array.isArray(opaque.value)) return []
  if (isNova(model) || !isVersedInTools(model)) return []
  let at = 0
  return (opaque.value as readonly ThinkingBlock[]).map((block) => {
    if ('redactedContent' in block) return { reasoningContent: block }
    const { length, signature } = block
    const part = text.slice(at, (at += length))
    return { reasoningContent: { reasoningText: { text: part, signature } } }
  })
}

/** What Nova did on its own side goes back to Nova as it came. */
const serverToolBlocks = (opaque: Opaque | undefined, model: string): readonly Block[] =>
  opaque?.dialect === ID && isObject(opaque.value) && isNova(model) ? [opaque.value] : []
