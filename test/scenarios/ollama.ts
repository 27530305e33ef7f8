import type { JsonSchema } from 'natter'
import { chatWith } from '../../src/chat-with.ts'
import { ollama as dialect } from '../../src/dialects/ollama.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { FakeAnswer } from '../../src/testing/fake-reply.ts'
import type { DialectRow, Heard, Said, Spelled } from './served.ts'

interface Message {
  readonly role: string
  readonly content: string
  readonly images?: readonly string[]
  readonly tool_calls?: readonly { id: string; function: { name: string; arguments: unknown } }[]
  readonly tool_call_id?: string
}
interface Body {
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools?: readonly { function: { name: string; description: string; parameters: JsonSchema } }[]
  readonly format?: JsonSchema
}

const provider: Provider = {
  id: 'ollama',
  name: 'Served',
  docs: 'https://docs.ollama.com/api/chat',
  baseUrl: 'http://127.0.0.1:11434',
  dialect,
  auth: { variables: [], places: 'apiKey', isOptional: true },
}

/** What bytes are, as Ollama finds out. */
const mimeOf = (base64: string): string => (base64.startsWith('iVBOR') ? 'image/png' : 'image/*')

/** Results and what the user says after them are one thing said. */
function saidIn(messages: readonly Message[]): readonly Said[] {
  const said: Said[] = []
  let isToTools = false
  for (const { role, content, images = [], tool_calls: calls = [], tool_call_id: id = '' } of messages) {
    const results = role === 'tool' ? [{ id, text: content }] : []
    const one: Said = {
      role: role === 'assistant' ? 'assistant' : 'user',
      text: role === 'tool' ? '' : content,
      calls: calls.map((call) => ({
        id: call.id,
        name: call.function.name,
        input: call.function.arguments,
      })),
      results,
      media: images.map(mimeOf),
    }
    const last = said.at(-1)
    if (isToTools && role !== 'assistant' && last)
      said[said.length - 1] = { ...one, results: [...last.results, ...results] }
    else said.push(one)
    isToTools = role === 'tool'
  }
  return said
}

const words = (text = ''): readonly string[] => text.match(/\s*\S+\s*|\s+/g) ?? []

function speak(answer: FakeAnswer, { body }: { readonly body: Readonly<Record<string, unknown>> }): Spelled {
  const { thinking, chunks, toolCalls = [], usage } = answer
  const text = answer.text ?? chunks?.join('') ?? ''
  const calls = toolCalls.map(({ name, arguments: args = {}, id }, i) => ({
    id: id ?? `call_${i + 1}`,
    function: { index: i, name, arguments: args },
  }))
  const line = (message: object, more: object = {}): string =>
    `${JSON.stringify({
      model: body.model,
      created_at: '2026-01-01T00:00:00Z',
      message: { role: 'assistant', content: '', ...message },
      done: false,
      ...more,
    })}\n`
  const done = {
    done: true,
    done_reason: answer.finish ?? 'stop',
    total_duration: 1,
    prompt_eval_count: usage?.input,
    eval_count: usage?.output,
  }
  if (body.stream === false)
    return {
      contentType: 'application/json; charset=utf-8',
      pieces: [
        line(
          { content: text, ...(thinking && { thinking }), ...(calls.length > 0 && { tool_calls: calls }) },
          done,
        ),
      ],
    }
  return {
    contentType: 'application/x-ndjson',
    pieces: [
      ...words(thinking).map((piece) => line({ thinking: piece })),
      ...(chunks ?? words(text)).map((piece) => line({ content: piece })),
      ...calls.map((call) => line({ tool_calls: [call] })),
    ],
    end: [line({}, done)],
  }
}

/** Ollama's own API. */
export const ollama: DialectRow = {
  id: 'ollama',
  path: '/v1/api/chat',
  lacks: ['choice', 'choice-none', 'pdf', 'picture-url', 'refusal'],
  chat: (options) => chatWith(provider, options),
  speak,

  hear(raw): Heard {
    const body = raw as unknown as Body
    const [first, ...rest] = body.messages
    const system = first?.role === 'system' ? first.content : undefined
    return {
      model: body.model,
      system,
      said: saidIn(system === undefined ? body.messages : rest),
      tools: (body.tools ?? []).map(({ function: { name, description, parameters } }) => ({
        name,
        description,
        schema: parameters,
      })),
      choice: undefined,
      schema: body.format,
      body: raw,
    }
  },
}
