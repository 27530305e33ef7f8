import { type Content, type Media, type ToolCall, type ToolResult, documentText } from '../core/content.ts'
import type { AssistantTurn, Turn, UserTurn } from '../core/turn.ts'

type Fields = Readonly<Record<string, unknown>>

/** The messages of a turn, as Ollama's own API takes them. https://docs.ollama.com/api/chat */
export const spellTurn = (turn: Turn): readonly Fields[] =>
  turn.role === 'user' ? userMessages(turn) : assistantMessages(turn)

/** The results of tools go first, one message each, as the answers to the calls of the turn before; the rest is one message. */
function userMessages({ contents }: UserTurn): Fields[] {
  const messages: Fields[] = []
  const rest: Content[] = []
  for (const content of contents) {
    if (content.type === 'tool-result') {
      messages.push(spellResult(content))
      rest.push(...attachments(content))
    } else rest.push(content)
  }
  const texts = rest.flatMap(textIn)
  const images = rest.flatMap((content) => (content.type === 'media' ? imageIn(content) : []))
  if (texts.length > 0 || images.length > 0)
    messages.push({
      role: 'user',
      content: texts.join('\n\n'),
      ...(images.length > 0 && { images }),
    })
  return messages
}

/** A failure is told in words: the API has no mark for it. */
const spellResult = ({ id, name, content, isError, media }: ToolResult): Fields => ({
  role: 'tool',
  tool_name: name,
  tool_call_id: id,
  content:
    (isError ? `Error: ${content}` : content) || (media ? `See the attachment of ${name} below.` : 'done'),
})

const attachments = ({ name, media = [] }: ToolResult): readonly Content[] =>
  media.length === 0 ? [] : [{ type: 'text', text: `The attachment of ${name}:` }, ...media]

function textIn(content: Content): readonly string[] {
  switch (content.type) {
    case 'text':
      return content.text === '' ? [] : [content.text]
    case 'json':
      return [JSON.stringify(content.value)]
    case 'media':
      return content.kind === 'document' ? [documentText(content)] : []
    case 'thinking':
    case 'citation':
    case 'tool-call':
    case 'tool-result':
    case 'server-tool':
      return []
  }
}

function imageIn({ kind, data, url, fileId }: Media): readonly string[] {
  if (kind === 'document') return []
  if (kind !== 'image')
    throw new TypeError(
      `Ollama takes text and pictures, no ${kind === 'pdf' ? 'PDF' : 'recording'}: pass its text, or pictures of its pages`,
    )
  if (data === undefined)
    throw new TypeError(
      `Ollama takes the bytes of a picture, no address: download ${url ?? fileId ?? 'it'} and pass the bytes to image()`,
    )
  return [data]
}

/** Thinking goes back beside the calls that it led to; the templates leave out what is older. */
function assistantMessages({ contents, refusal }: AssistantTurn): Fields[] {
  const content = contents.flatMap((part) => (part.type === 'media' ? [] : textIn(part))).join('')
  const calls = contents.filter((part) => part.type === 'tool-call')
  const said = content || (refusal ?? '')
  // An answer without text says nothing.
  if (said === '' && calls.length === 0) return []
  const thinking = contents
    .map((part) => (part.type === 'thinking' && !part.opaque ? part.text : ''))
    .join('')
  return [
    {
      role: 'assistant',
      content: said,
      ...(thinking && { thinking }),
      ...(calls.length > 0 && { tool_calls: calls.map(spellCall) }),
    },
  ]
}

/** Arguments that were no JSON go back as what they were, in an object: nothing else is taken. */
const spellCall = ({ id, name, input, raw }: ToolCall): Fields => ({
  id,
  function: { name, arguments: input ?? { unusable: raw ?? '' } },
})
