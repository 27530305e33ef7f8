import type { JsonSchema } from 'natter'
import { chatWith } from '../../src/chat-with.ts'
import { cortexComplete as dialect } from '../../src/dialects/cortex-complete.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { FakeAnswer } from '../../src/testing/fake-reply.ts'
import type { DialectRow, Heard, Said, Spelled } from './served.ts'

interface Part {
  readonly type: string
  readonly text?: string
  readonly tool_use?: { readonly tool_use_id: string; readonly name: string; readonly input: unknown }
  readonly tool_results?: {
    readonly tool_use_id: string
    readonly content: readonly { readonly text: string }[]
  }
  readonly details?: { readonly content_type: string }
}
interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content?: string
  readonly content_list?: readonly Part[]
}
interface Body {
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools?: readonly {
    readonly tool_spec: {
      readonly name: string
      readonly description: string
      readonly input_schema: JsonSchema
    }
  }[]
  readonly tool_choice?: { readonly type: 'auto' | 'required' | 'tool'; readonly name?: readonly string[] }
  readonly response_format?: { readonly schema: JsonSchema }
}

const provider: Provider = {
  id: 'cortex-complete',
  name: 'Served',
  docs: 'https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api',
  baseUrl: 'https://account.snowflakecomputing.com',
  dialect,
  auth: { variables: [], places: 'apiKey', isOptional: true },
}

const saidIn = ({ role, content, content_list: parts = [] }: Message): Said => ({
  role: role === 'assistant' ? 'assistant' : 'user',
  text: content ?? parts.flatMap(({ text }) => text ?? []).join('\n\n'),
  calls: parts.flatMap(({ tool_use: use }) =>
    use ? [{ id: use.tool_use_id, name: use.name, input: use.input }] : [],
  ),
  results: parts.flatMap(({ tool_results: results }) =>
    results ? [{ id: results.tool_use_id, text: results.content.map(({ text }) => text).join('') }] : [],
  ),
  media: parts.flatMap(({ details }) => details?.content_type ?? []),
})

const words = (text = ''): readonly string[] => text.match(/\s*\S+\s*|\s+/g) ?? []

const FINISH: Readonly<Record<string, string>> = {
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
}

/** As Snowflake's documentation shows it: words twice, calls in pieces, no reason where the tokens are counted, unless there is a special one. */
function speak(answer: FakeAnswer, { body }: { readonly body: Readonly<Record<string, unknown>> }): Spelled {
  const { thinking, chunks, toolCalls = [], finish, usage } = answer
  const text = answer.text ?? chunks?.join('') ?? ''
  const calls = toolCalls.map(({ name, arguments: args = {}, id }, i) => ({
    id: id ?? `call_${i + 1}`,
    name,
    input: typeof args === 'string' ? args : JSON.stringify(args),
  }))
  const counts = {
    prompt_tokens: usage?.input ?? 0,
    completion_tokens: usage?.output ?? 0,
    total_tokens: (usage?.input ?? 0) + (usage?.output ?? 0),
  }
  const told = finish ?? (usage ? undefined : calls.length > 0 ? 'tool-calls' : 'stop')
  const reason = told && { finish_reason: FINISH[told] ?? told }
  const all = { id: '78fe5630', model: body.model }
  if (body.stream === false)
    return {
      contentType: 'application/json',
      pieces: [
        JSON.stringify({
          ...all,
          choices: [
            {
              message: {
                content: text,
                content_list: [
                  ...(thinking
                    ? [{ type: 'anthropic', anthropic: { thinking: { thinking, signature: 's' } } }]
                    : []),
                  ...(text ? [{ type: 'text', text }] : []),
                  ...calls.map(({ id, name, input }) => ({
                    type: 'tool_use',
                    tool_use: { tool_use_id: id, name, input },
                  })),
                ],
              },
              ...reason,
            },
          ],
          usage: usage && counts,
        }),
      ],
    }
  const event = (delta: object, more: object = {}, counted: object = {}): string =>
    `data: ${JSON.stringify({ ...all, choices: [{ delta, ...more }], usage: counted })}\n\n`
  return {
    contentType: 'text/event-stream',
    pieces: [
      ...words(thinking).map((piece) => event({ type: 'anthropic', thinking: { thinking: piece } })),
      ...(chunks ?? words(text)).map((piece) =>
        event({ type: 'text', content: piece, content_list: [{ type: 'text', text: piece }], text: piece }),
      ),
      ...calls.flatMap(({ id, name, input }) => [
        event({ content_list: [{ tool_use_id: id, name }] }),
        ...(input.match(/[^]{1,12}/gu) ?? []).map((piece) => event({ content_list: [{ input: piece }] })),
      ]),
    ],
    end: [event({}, reason || {}, usage ? counts : {})],
  }
}

/** Snowflake's `inference:complete`. */
export const cortexComplete: DialectRow = {
  id: 'cortex-complete',
  path: '/v1/api/v2/cortex/inference:complete',
  lacks: ['choice-none', 'pdf', 'picture-url', 'refusal'],
  untaken: { topK: 3 },
  chat: (options) => chatWith(provider, options),
  speak,

  hear(raw): Heard {
    const body = raw as unknown as Body
    const [first, ...rest] = body.messages
    const system = first?.role === 'system' ? first.content : undefined
    const choice = body.tool_choice
    return {
      model: body.model,
      system,
      said: (system === undefined ? body.messages : rest).map(saidIn),
      tools: (body.tools ?? []).map(({ tool_spec: { name, description, input_schema: schema } }) => ({
        name,
        description,
        schema,
      })),
      choice: choice?.type === 'tool' ? { name: choice.name?.[0] ?? '' } : choice?.type,
      schema: body.response_format?.schema,
      body: raw,
    }
  },
}
