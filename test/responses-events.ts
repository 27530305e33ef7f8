import type { Delta } from '../src/core/delta.ts'
import { TurnBuilder } from '../src/core/turn-builder.ts'
import type { AssistantTurn } from '../src/core/turn.ts'
import { OpenAIResponsesReader } from '../src/dialects/openai-responses-reader.ts'

// The events of OpenAI's responses, for the tests of their reader.

export type Event = Readonly<Record<string, unknown>> | string

export function read(events: readonly Event[]): {
  out: Delta[]
  reader: OpenAIResponsesReader
  error: unknown
} {
  const reader = new OpenAIResponsesReader()
  const out: Delta[] = []
  let error: unknown
  try {
    for (const event of events) reader.read(typeof event === 'string' ? event : JSON.stringify(event), out)
    reader.end(out)
  } catch (thrown) {
    error = thrown
  }
  return { out, reader, error }
}

export function turnOf(events: readonly Event[]): AssistantTurn {
  const { out, error } = read(events)
  if (error) throw error
  const builder = new TurnBuilder()
  for (const delta of out) builder.push(delta)
  return builder.build({})
}

export const whole = (output: readonly object[], more: object = {}): Event => ({
  object: 'response',
  status: 'completed',
  model: 'm',
  output,
  ...more,
})
export const done = (output: readonly object[] = [], more: object = {}): Event => ({
  type: 'response.completed',
  response: whole(output, more),
})
export const message = (text: string, more: object = {}): object => ({
  type: 'message',
  id: 'msg_1',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...more,
})
