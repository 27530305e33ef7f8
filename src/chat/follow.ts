import type { Content, ToolCall, ToolResult } from '../core/content.ts'
import { failed } from '../core/failed-call.ts'
import type { Turn, UserTurn } from '../core/turn.ts'
import { callsOf, isResults } from './history.ts'

/** A new input as it follows a history: results of tools that were never sent go out with it, and each call that was not run is answered so. */
export function follow(
  turns: readonly Turn[],
  input: UserTurn,
): { readonly turns: readonly Turn[]; readonly input: UserTurn } {
  const last = turns.at(-1)
  const unsent = isResults(last) ? last.contents : []
  const before = isResults(last) ? turns.slice(0, -1) : turns
  const contents = [...unsent, ...input.contents]
  const answers = callsOf(before.at(-1)).map(
    (call) => contents.find(isResultOf(call)) ?? failed(call, 'This call was not run.'),
  )
  if (answers.length === 0 && unsent.length === 0) return { turns, input }
  const rest = contents.filter((content) => !(answers as readonly Content[]).includes(content))
  return { turns: before, input: { ...input, contents: [...answers, ...rest] } }
}

const isResultOf =
  (call: ToolCall) =>
  (content: Content): content is ToolResult =>
    content.type === 'tool-result' && content.id === call.id
