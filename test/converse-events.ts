import type { Delta } from '../src/core/delta.ts'
import type { AssistantTurn } from '../src/core/turn.ts'
import { TurnBuilder } from '../src/core/turn-builder.ts'
import { BedrockConverseReader } from '../src/dialects/bedrock-converse-reader.ts'

/** An event of ConverseStream. */
export type Event = readonly [name: string, said: object]

/** A block begins. */
export const start = (at: number, begin: object): Event => [
  'contentBlockStart',
  { contentBlockIndex: at, start: begin, p: 'abc' },
]
/** A piece of a block. */
export const delta = (at: number, news: object): Event => [
  'contentBlockDelta',
  { contentBlockIndex: at, delta: news, p: 'abcdef' },
]
/** A block ends. */
export const stop = (at: number): Event => ['contentBlockStop', { contentBlockIndex: at, p: 'a' }]
/** All is said. */
export const end = (stopReason = 'end_turn'): Event => ['messageStop', { stopReason }]

/** What is read of an answer. */
export interface Read {
  readonly deltas: readonly Delta[]
  readonly turn: AssistantTurn
  readonly reader: BedrockConverseReader
}

/** The turn that deltas make. */
export const build = (deltas: readonly Delta[]): AssistantTurn => {
  const builder = new TurnBuilder()
  for (const news of deltas) builder.push(news)
  return builder.build({})
}

/** What is read of a stream. */
export function stream(...events: readonly Event[]): Read {
  const reader = new BedrockConverseReader()
  const deltas: Delta[] = []
  for (const [name, said] of events) reader.read(JSON.stringify(said), deltas, name)
  reader.end()
  return { deltas, turn: build(deltas), reader }
}

/** What is read of an answer in one piece, with these blocks. */
export function whole(content: readonly object[], more: object = { stopReason: 'end_turn' }): Read {
  const reader = new BedrockConverseReader()
  const deltas: Delta[] = []
  reader.read(JSON.stringify({ output: { message: { role: 'assistant', content } }, ...more }), deltas)
  reader.end()
  return { deltas, turn: build(deltas), reader }
}
