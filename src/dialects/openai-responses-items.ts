import type { Citation, Media, Opaque } from '../core/content.ts'
import type { Delta } from '../core/delta.ts'
import type { Usage } from '../core/usage.ts'
import { isObject } from '../lib/merge.ts'
import { readCitation, readParts } from './openai-chat-parts.ts'
import { readUsage as readChatUsage } from './openai-usage.ts'

/** The dialect's name, under which its opaque state travels. */
export const OPENAI_RESPONSES = 'openai-responses'

/** An item of a response's `output` or of a request's `input`. */
export type Item = Readonly<Record<string, unknown>>

/** State to be handed back to the server. */
export const sealed = (value: unknown): Opaque => ({ dialect: OPENAI_RESPONSES, value })

/** State of this dialect; undefined for that of another. */
export const unsealed = (opaque: Opaque | undefined): unknown =>
  opaque?.dialect === OPENAI_RESPONSES ? opaque.value : undefined

/** The parts of a message, or of an item of reasoning. */
export const partsOf = (content: unknown): readonly Item[] =>
  typeof content === 'string'
    ? [{ type: 'output_text', text: content }]
    : Array.isArray(content)
      ? content.filter(isObject)
      : []

/**
 * An item of reasoning as it can be sent again, statelessly: encrypted, or in words as open models give it. Undefined where it
 * holds neither, because its id alone means nothing: "Items are not persisted when `store` is set to false".
 */
export function replayable({ id, summary, content, encrypted_content }: Item): Item | undefined {
  const isEncrypted = typeof encrypted_content === 'string' && encrypted_content !== ''
  const words = partsOf(content)
  if (!isEncrypted && words.length === 0) return undefined
  return {
    type: 'reasoning',
    ...(typeof id === 'string' && { id }),
    summary: Array.isArray(summary) ? summary : [],
    ...(words.length > 0 && { content: words }),
    ...(isEncrypted && { encrypted_content }),
  }
}

/** What a call of a function must bring back besides its name and arguments: who called it, from which set of tools. */
export function callState({ type, caller, namespace }: Item): Item | undefined {
  if (type === 'custom_tool_call') return { type }
  if (caller == null && namespace == null) return undefined
  return { ...(caller != null && { caller }), ...(namespace != null && { namespace }) }
}

/** Adds what the server did on its own side, and what came of it. */
export function readServerTool(item: Item, out: Delta[]): void {
  const { type, name, id, result, outputs } = item
  const input =
    item.action ?? item.queries ?? item.code ?? item.arguments ?? item.revised_prompt ?? item.prompt
  const isPicture = type === 'image_generation_call'
  const state = isPicture ? { type, id, status: 'completed' } : item
  out.push({
    type: 'server-tool',
    tool: {
      type: 'server-tool',
      name: typeof name === 'string' && name !== '' ? name : String(type).replace(/_call$/, ''),
      ...(input != null && { input }),
      ...(!needsClient(item) && { opaque: sealed(state) }),
    },
  })
  // The picture follows its call, whose state goes without it: once in memory is enough.
  if (isPicture && typeof result === 'string' && result !== '')
    out.push({ type: 'media', media: picture(result, item.output_format) })
  // Charts and the like, where `include` asks for `code_interpreter_call.outputs`.
  if (Array.isArray(outputs))
    for (const output of outputs)
      if (isObject(output) && output.type === 'image')
        readParts([{ image_url: { url: output.url } }], () => undefined, out)
}

/** Whether a call waits for the client, so that it cannot be sent again: "No tool output found for … call". */
const needsClient = ({ type, environment, execution }: Item): boolean =>
  /^(?:apply_patch|computer|local_shell)_call$|^mcp_approval_request$/.test(String(type)) ||
  execution === 'client' ||
  (type === 'shell_call' && !(isObject(environment) && environment.type !== 'local'))

const picture = (data: string, format: unknown): Media => ({
  type: 'media',
  kind: 'image',
  mimeType: `image/${typeof format === 'string' ? format : 'png'}`,
  data,
})

/** A source: a page, or by its id a file that was uploaded or made. */
export function readAnnotation(note: Item): Citation | undefined {
  const { file_id, filename } = note
  if (typeof file_id !== 'string') return readCitation(note)
  return { type: 'citation', url: file_id, ...(typeof filename === 'string' && { title: filename }) }
}

/** Reads the `usage` object of a response; undefined where it counts nothing. */
export const readUsage = (usage: unknown): Usage | undefined =>
  isObject(usage)
    ? readChatUsage({
        prompt_tokens: usage.input_tokens,
        prompt_tokens_details: usage.input_tokens_details,
        completion_tokens: usage.output_tokens,
        completion_tokens_details: usage.output_tokens_details,
      })
    : undefined
