import { type JsonSchema, chatOpenAICompatible } from 'natter'
import { type DialectRow, type Heard, type Said, schemaTold } from './served.ts'

interface Part {
  readonly type: string
  readonly text?: string
  readonly image_url?: { readonly url: string }
  readonly file?: { readonly file_data: string }
}
interface Message {
  readonly role: string
  readonly content: string | readonly Part[] | null
  readonly tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[]
  readonly tool_call_id?: string
}
interface Body {
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools?: readonly { function: { name: string; description: string; parameters: JsonSchema } }[]
  readonly tool_choice?: 'auto' | 'none' | 'required' | { readonly function: { readonly name: string } }
  readonly response_format?: { readonly json_schema?: { readonly schema: JsonSchema } }
}

const partsOf = ({ content }: Message): readonly Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])

const textOf = (message: Message): string =>
  partsOf(message)
    .flatMap(({ text }) => text ?? [])
    .join('\n\n')

const mediaOf = (message: Message): readonly string[] =>
  partsOf(message).flatMap(({ image_url: picture, file }) => {
    const url = picture?.url ?? file?.file_data
    return url === undefined ? [] : [/^data:([^;]+)/.exec(url)?.[1] ?? url]
  })

/** Results and what the user says after them are one thing said. */
function saidIn(messages: readonly Message[]): readonly Said[] {
  const said: Said[] = []
  let isToTools = false
  for (const message of messages) {
    const { role, tool_calls: calls = [], tool_call_id: id = '' } = message
    const results = role === 'tool' ? [{ id, text: textOf(message) }] : []
    const one: Said = {
      role: role === 'assistant' ? 'assistant' : 'user',
      text: role === 'tool' ? '' : textOf(message),
      calls: calls.map(({ id: callId, function: fn }) => ({
        id: callId,
        name: fn.name,
        input: JSON.parse(fn.arguments) as unknown,
      })),
      results,
      media: mediaOf(message),
    }
    const last = said.at(-1)
    if (isToTools && role !== 'assistant' && last)
      said[said.length - 1] = {
        ...last,
        text: one.text,
        results: [...last.results, ...results],
        media: one.media,
      }
    else said.push(one)
    isToTools = role === 'tool'
  }
  return said
}

/** OpenAI's chat completions. */
export const openaiChat: DialectRow = {
  id: 'openai-chat',
  path: '/v1/chat/completions',
  chat: ({ model = 'm', ...options }) => chatOpenAICompatible({ ...options, model, name: 'Served' }),

  hear(raw): Heard {
    const body = raw as unknown as Body
    const [first, ...rest] = body.messages
    const system = first?.role === 'system' ? textOf(first) : undefined
    const choice = body.tool_choice
    return {
      model: body.model,
      system,
      said: saidIn(system === undefined ? body.messages : rest),
      tools: (body.tools ?? []).map(({ function: { name, description, parameters } }) => ({
        name,
        description,
        schema: parameters,
      })),
      choice: typeof choice === 'object' ? { name: choice.function.name } : choice,
      schema:
        body.response_format?.json_schema?.schema ??
        schemaTold(body.messages.at(-1) && textOf(body.messages.at(-1) as Message)),
      body: raw,
    }
  },
}
