import type { Content, Media, ToolCall, ToolResult } from '../core/content.ts'
import type { AssistantTurn, Turn, UserTurn } from '../core/turn.ts'
import { type Part, spellMedia } from './gemini-media.ts'
import { readMark, signed } from './gemini-opaque.ts'

/** What one side says. */
export interface GeminiContent {
  readonly role: 'user' | 'model'
  readonly parts: readonly Part[]
}

/**
 * What stands for the signature of a call that Google did not make: base64 of the name that its documentation gives. Gemini 3 says
 * "Function call is missing a thought_signature in functionCall parts" where a turn's first call has none; Gemini 2 takes it too.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const NOT_GOOGLES = 'c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I='

/**
 * A conversation as `contents`, the roles in turn and nobody silent. `fetches`: whether the server reads any `https:` URL.
 * @throws TypeError for a medium that the server cannot be given
 */
export function spellContents(turns: readonly Turn[], fetches = false): readonly GeminiContent[] {
  const contents: GeminiContent[] = []
  let calls: readonly ToolCall[] = []
  for (const turn of turns) {
    const role = turn.role === 'user' ? 'user' : 'model'
    const parts = turn.role === 'user' ? userParts(turn, calls, fetches) : modelParts(turn, fetches)
    calls = turn.contents.filter((content) => content.type === 'tool-call')
    if (parts.length === 0) continue
    const last = contents.at(-1)
    if (last?.role === role) contents[contents.length - 1] = { role, parts: [...last.parts, ...parts] }
    else contents.push({ role, parts })
  }
  return contents
}

/** Results first, in the order of their calls: without ids it is the order that tells which is whose. */
function userParts(turn: UserTurn, calls: readonly ToolCall[], fetches: boolean): readonly Part[] {
  const given = turn.contents.filter((content) => content.type === 'tool-result')
  const places = new Map(calls.map(({ id }, i) => [id, i]))
  const placeOf = ({ id }: ToolResult): number => places.get(id) ?? calls.length
  const results = given.toSorted((a, b) => placeOf(a) - placeOf(b))
  return [
    ...results.map((result) => spellResult(result, calls[placeOf(result)])),
    ...results.flatMap(({ name, media = [] }) => attachments(name, media, fetches)),
    ...turn.contents.flatMap((content) => spellPart(content, fetches)),
  ]
}

function spellResult({ name, content, isError, media }: ToolResult, call: ToolCall | undefined): Part {
  const text = content || (media ? `See the attachment of ${name} below.` : 'done')
  return {
    functionResponse: {
      ...(call && idOf(call)),
      name,
      response: isError ? { error: text } : { result: text },
    },
  }
}

/** A call's id where it is the server's own: Vertex AI and Gemini 2 give none, and ours would mean nothing to them. */
function idOf({ id, opaque }: ToolCall): { readonly id?: string } {
  return readMark(opaque)?.id === id ? { id } : {}
}

/** Pictures and files of a tool follow the results, said to be the tool's: only Gemini 3 takes them inside. */
const attachments = (name: string, media: readonly Media[], fetches: boolean): readonly Part[] =>
  media.length === 0
    ? []
    : [{ text: `The attachment of ${name}:` }, ...media.map((one) => spellMedia(one, fetches))]

function modelParts(turn: AssistantTurn, fetches: boolean): readonly Part[] {
  const first = turn.contents.find((content) => content.type === 'tool-call')
  const parts = turn.contents.flatMap((content): readonly Part[] => {
    if (content.type === 'tool-call') return [spellCall(content, content === first)]
    return content.type === 'media' ? spellOwnMedia(content) : spellPart(content, fetches)
  })
  return parts.length === 0 && turn.refusal ? [{ text: turn.refusal }] : parts
}

function spellCall(call: ToolCall, isFirst: boolean): Part {
  const { name, input, raw, opaque } = call
  const signature = isFirst && !readMark(opaque) ? { thoughtSignature: NOT_GOOGLES } : signed(opaque)
  return { functionCall: { ...idOf(call), name, args: input ?? { unusable: raw ?? '' } }, ...signature }
}

/** What the model showed or said: pictures by their bytes, speech by its words. What it cannot be given again is left out. */
function spellOwnMedia(media: Media): readonly Part[] {
  if (media.kind === 'audio') return media.transcript ? [{ text: media.transcript }] : []
  return (media.data ?? media.fileId) === undefined ? [] : [spellMedia(media)]
}

/** Thinking goes back only where it bears a signature: without one it would be read as a part of the prompt. */
function spellPart(content: Content, fetches: boolean): readonly Part[] {
  switch (content.type) {
    case 'text': {
      const { text, opaque } = content
      const signature = signed(opaque)
      // A part may hold nothing but its signature, as Google sends it; without one it would say nothing.
      return text === '' && signature.thoughtSignature === undefined ? [] : [{ text, ...signature }]
    }
    case 'thinking': {
      const signature = signed(content.opaque)
      return signature.thoughtSignature === undefined
        ? []
        : [{ text: content.text, thought: true, ...signature }]
    }
    case 'json':
      return [{ text: JSON.stringify(content.value) }]
    case 'media':
      return [spellMedia(content, fetches)]
    case 'server-tool': {
      const part = readMark(content.opaque)?.part
      return part ? [part] : []
    }
    case 'citation':
    case 'tool-call':
    case 'tool-result':
      return []
  }
}
