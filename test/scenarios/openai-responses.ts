import type { JsonSchema } from 'natter'
import { chatWith } from '../../src/chat-with.ts'
import { openaiResponses as dialect } from '../../src/dialects/openai-responses.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { FakeAnswer, FakeToolCall } from '../../src/testing/fake-reply.ts'
import { type DialectRow, type Heard, type Said, type Spelled, type Spoken, schemaTold } from './served.ts'

interface Part {
  readonly type: string
  readonly text?: string
  readonly image_url?: string
  readonly file_data?: string
  readonly file_url?: string
}
interface Item {
  readonly type: string
  readonly role?: string
  readonly content?: string | readonly Part[]
  readonly call_id?: string
  readonly name?: string
  readonly arguments?: string
  readonly output?: string | readonly Part[]
}
interface Body {
  readonly model: string
  readonly instructions?: string
  readonly input: readonly Item[]
  readonly tools?: readonly { name: string; description: string; parameters: JsonSchema }[]
  readonly tool_choice?: 'auto' | 'none' | 'required' | { readonly name: string }
  readonly text?: { readonly format: { readonly schema: JsonSchema } }
}

const provider: Provider = {
  id: 'responses',
  name: 'Served',
  docs: 'https://example.org',
  baseUrl: 'http://127.0.0.1',
  dialect,
  auth: { variables: [], places: 'the option apiKey', isOptional: true },
}

const partsOf = (content: string | readonly Part[] = []): readonly Part[] =>
  typeof content === 'string' ? [{ type: 'input_text', text: content }] : content

const textOf = (content: string | readonly Part[] | undefined): string =>
  partsOf(content)
    .flatMap(({ text }) => text ?? [])
    .join('\n\n')

const mediaOf = (content: string | readonly Part[] | undefined): readonly string[] =>
  partsOf(content).flatMap(({ image_url: picture, file_data: data, file_url: file }) => {
    const url = picture ?? data ?? file
    return url === undefined ? [] : [/^data:([^;]+)/.exec(url)?.[1] ?? url]
  })

function saidBy({ type, role, content, call_id: id = '', name = '', arguments: args, output }: Item): Said {
  const nothing: Said = { role: 'assistant', text: '', calls: [], results: [], media: [] }
  switch (type) {
    case 'function_call':
      return { ...nothing, calls: [{ id, name, input: JSON.parse(args ?? '') as unknown }] }
    case 'function_call_output': {
      // A document is text as well, and no part of what the tool said.
      const isDocument = ({ text = '' }: Part): boolean => text.startsWith('<document')
      const parts = partsOf(output)
      return {
        ...nothing,
        role: 'user',
        text: textOf(parts.filter(isDocument)),
        results: [{ id, text: textOf(parts.filter((part) => !isDocument(part))) }],
        media: mediaOf(output),
      }
    }
    case 'message':
      return {
        ...nothing,
        role: role === 'assistant' ? 'assistant' : 'user',
        text: textOf(content),
        media: mediaOf(content),
      }
    case 'reasoning':
      return nothing
    default:
      throw new TypeError(`an item of type ${type} was not expected`)
  }
}

/** The items of one side that follow each other are one thing said; two messages of the user are not. */
function saidIn(items: readonly Item[]): readonly Said[] {
  const said: Said[] = []
  for (const [i, item] of items.entries()) {
    const one = saidBy(item)
    const last = said.at(-1)
    const isPerson = one.role === 'user' && item.type === 'message' && items[i - 1]?.type === 'message'
    if (last && last.role === one.role && !isPerson)
      said[said.length - 1] = {
        role: one.role,
        text: last.text + one.text,
        calls: [...last.calls, ...one.calls],
        results: [...last.results, ...one.results],
        media: [...last.media, ...one.media],
      }
    else said.push(one)
  }
  return said
}

const words = (text = ''): readonly string[] => text.match(/\s*\S+\s*|\s+/g) ?? []

const callOf = ({ name, arguments: args = {}, id }: FakeToolCall, i: number) => ({
  type: 'function_call',
  id: `fc_${i + 1}`,
  call_id: id ?? `call_${i + 1}`,
  name,
  arguments: typeof args === 'string' ? args : JSON.stringify(args),
})

const REASONS: Readonly<Record<string, string>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
}

/** The whole response, as a whole answer and the last event of a stream hold it. */
function responseOf(answer: FakeAnswer, model: unknown): Readonly<Record<string, unknown>> {
  const { thinking, refusal, chunks, text = chunks?.join('') ?? '', toolCalls = [], usage, finish } = answer
  const content = [
    ...(text ? [{ type: 'output_text', text, annotations: [] }] : []),
    ...(refusal ? [{ type: 'refusal', refusal }] : []),
  ]
  const isWhole = finish === undefined || finish === 'stop' || finish === 'tool-calls'
  return {
    id: 'resp_fake',
    object: 'response',
    model,
    status: isWhole ? 'completed' : 'incomplete',
    incomplete_details: isWhole ? null : { reason: REASONS[finish] ?? finish },
    output: [
      ...(thinking
        ? [
            {
              type: 'reasoning',
              id: 'rs_1',
              summary: [{ type: 'summary_text', text: thinking }],
              encrypted_content: 'sealed',
            },
          ]
        : []),
      ...(content.length > 0 ? [{ type: 'message', id: 'msg_1', role: 'assistant', content }] : []),
      ...toolCalls.map(callOf),
    ],
    usage: usage && {
      input_tokens: usage.input,
      output_tokens: usage.output,
      input_tokens_details: { cached_tokens: usage.cachedInput, cache_write_tokens: usage.cacheWrite },
      output_tokens_details: { reasoning_tokens: usage.reasoning },
    },
  }
}

function speak(answer: FakeAnswer, { body }: Spoken): Spelled {
  const response = responseOf(answer, body.model)
  if (!body.stream) return { contentType: 'application/json', pieces: [JSON.stringify(response)] }
  let number = 0
  const event = (type: string, more: object): string =>
    `event: response.${type}\ndata: ${JSON.stringify({ type: `response.${type}`, sequence_number: number++, ...more })}\n\n`
  const pieces: string[] = []
  // What opens and closes an item comes with the piece that follows it.
  let before = event('created', { response: { ...response, status: 'in_progress', output: [], usage: null } })
  for (const [index, item] of (response.output as readonly Record<string, unknown>[]).entries()) {
    const place = { output_index: index, item_id: item.id }
    const part = (type: string, more: object): void => {
      pieces.push(before + event(type, { ...place, ...more }))
      before = ''
    }
    const { type } = item
    before += event('output_item.added', {
      output_index: index,
      item: { ...item, content: [], summary: [], arguments: '' },
    })
    if (type === 'reasoning')
      for (const delta of words(answer.thinking))
        part('reasoning_summary_text.delta', { summary_index: 0, delta })
    if (type === 'message') {
      for (const delta of answer.chunks ?? words(answer.text))
        part('output_text.delta', { content_index: 0, delta })
      const at = (item.content as readonly object[]).length - 1
      for (const delta of words(answer.refusal)) part('refusal.delta', { content_index: at, delta })
    }
    if (type === 'function_call') {
      part('in_progress', { response: {} })
      for (const delta of (item.arguments as string).match(/[^]{1,12}/gu) ?? [])
        part('function_call_arguments.delta', { delta })
    }
    before += event('output_item.done', { output_index: index, item })
  }
  const last = response.status === 'completed' ? 'completed' : 'incomplete'
  return { contentType: 'text/event-stream', pieces, end: [before + event(last, { response })] }
}

/** OpenAI's responses. */
export const openaiResponses: DialectRow = {
  id: 'openai-responses',
  path: '/v1/responses',
  resultsHoldMedia: true,
  chat: (options) => chatWith(provider, options),
  speak,

  hear(raw): Heard {
    const body = raw as unknown as Body
    const choice = body.tool_choice
    const said = saidIn(body.input)
    return {
      model: body.model,
      system: body.instructions,
      said,
      tools: (body.tools ?? []).map(({ name, description, parameters }) => ({
        name,
        description,
        schema: parameters,
      })),
      choice: typeof choice === 'object' ? { name: choice.name } : choice,
      schema: body.text?.format.schema ?? schemaTold(said.at(-1)?.text),
      body: raw,
    }
  },
}
