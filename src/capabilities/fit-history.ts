import { failed } from '../core/failed-call.ts'
import type { Content, ToolResult } from '../core/content.ts'
import type { Adjustment, Turn, UserTurn } from '../core/turn.ts'
import { isEmpty, isPaired } from './fits.ts'

/** Turns as every server takes them: user and assistant in turn, none empty, every call answered and every result asked for. */
export function fitHistory(turns: readonly Turn[], notes: Adjustment[]): readonly Turn[] {
  const mended = alternate(turns)
  if (mended !== turns)
    notes.push({
      type: 'history',
      name: 'alternate',
      message:
        'neighbouring turns of one side were merged and empty ones left out: the model wants user and assistant in turn',
    })
  const answered = pairCalls(mended)
  if (answered !== mended)
    notes.push({
      type: 'history',
      name: 'tool-results',
      message:
        'tool calls without a result were answered as not run, and results without their call made text: either is refused',
    })
  return answered
}

/** User and assistant in turn, none of them empty: what strict chat templates demand ("Conversation roles must alternate"). */
function alternate(turns: readonly Turn[]): readonly Turn[] {
  const isFine = turns.every((turn, i) => !isEmpty(turn) && turn.role !== turns[i - 1]?.role)
  if (isFine) return turns
  const mended: Turn[] = []
  for (const turn of turns) {
    if (isEmpty(turn)) continue
    const last = mended.at(-1)
    if (last?.role !== turn.role) mended.push(turn)
    else
      mended[mended.length - 1] = { ...last, ...turn, contents: [...last.contents, ...turn.contents] } as Turn
  }
  return mended
}

/**
 * Every tool call answered by the turn after it, and every result after its call: "'tool_calls' must be followed by tool messages
 * responding to each", "messages with role 'tool' must be a response to a preceding message with 'tool_calls'".
 */
function pairCalls(turns: readonly Turn[]): readonly Turn[] {
  const paired = turns.map((turn, i) => (turn.role === 'user' ? pairedTurn(turn, turns[i - 1]) : turn))
  return paired.every((turn, i) => turn === turns[i]) ? turns : paired
}

function pairedTurn(turn: UserTurn, before: Turn | undefined): UserTurn {
  if (isPaired(turn, before)) return turn
  const calls = before?.contents.filter((content) => content.type === 'tool-call') ?? []
  const results = turn.contents.filter((content) => content.type === 'tool-result')
  const open = calls.filter((call) => !results.some((result) => result.id === call.id))
  const orphans = results.filter((result) => !calls.some((call) => call.id === result.id))
  const contents = turn.contents.flatMap((content): readonly Content[] =>
    content.type === 'tool-result' && orphans.includes(content) ? resultInWords(content) : [content],
  )
  return { ...turn, contents: [...open.map((call) => failed(call, 'This call was not run.')), ...contents] }
}

/** A tool's result for a model that knows no such thing. */
export const resultInWords = ({ name, content, isError, media = [] }: ToolResult): readonly Content[] => [
  { type: 'text', text: `The tool ${name} ${isError ? 'failed' : 'gave'}: ${content}` },
  ...media,
]
