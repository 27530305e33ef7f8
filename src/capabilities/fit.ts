import { failed } from '../core/failed-call.ts'
import type { Content, ToolResult } from '../core/content.ts'
import { type Params, isStandardParam } from '../core/params.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Adjustment, Turn, UserTurn } from '../core/turn.ts'
import type { Dialect, Quirks } from '../dialects/dialect.ts'
import type { Capabilities } from './capabilities.ts'
import { type Fitted, isEmpty, isPaired } from './fits.ts'

/** Mends a request to what a dialect, a provider and a model are known to take, before it is spelled. */
export function fit(
  request: ChatRequest,
  dialect: Dialect,
  quirks: Quirks,
  capabilities: Capabilities,
): Fitted {
  const names = { ...dialect.paramNames, ...quirks.paramNames, ...capabilities.paramNames }
  const omit = [...(quirks.omit ?? []), ...(capabilities.omit ?? [])]
  const adjustments: Adjustment[] = []
  const params: Record<string, unknown> = {}
  for (const [name, value] of Object.entries<unknown>(request.params)) {
    const isTaken = isStandardParam(name) ? Boolean(names[name]) : !omit.includes(name)
    if (isTaken) params[name] = value
    else
      adjustments.push({
        type: 'parameter',
        name,
        message: `${name} was left out: ${request.model} takes no such parameter here`,
      })
  }
  const turns = mend(request.turns)
  if (turns !== request.turns)
    adjustments.push({
      type: 'history',
      name: 'alternate',
      message:
        'neighbouring turns of one side were merged and empty ones left out: the model wants user and assistant in turn',
    })
  const answered = pairCalls(turns)
  if (answered !== turns)
    adjustments.push({
      type: 'history',
      name: 'tool-results',
      message:
        'tool calls without a result were answered as not run, and results without their call made text: either is refused',
    })
  return {
    request: { ...request, params: params as Params, turns: answered },
    quirks: { ...quirks, ...capabilities, paramNames: names, omit },
    adjustments,
  }
}

/** User and assistant in turn, none of them empty: what strict chat templates demand ("Conversation roles must alternate"). */
function mend(turns: readonly Turn[]): readonly Turn[] {
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
  const calls = before?.contents.filter((content) => content.type === 'tool-call') ?? []
  const results = turn.contents.filter((content) => content.type === 'tool-result')
  if (isPaired(turn, before)) return turn
  const open = calls.filter((call) => !results.some((result) => result.id === call.id))
  const orphans = results.filter((result) => !calls.some((call) => call.id === result.id))
  const contents = turn.contents.flatMap((content): readonly Content[] =>
    content.type === 'tool-result' && orphans.includes(content) ? inText(content) : [content],
  )
  return { ...turn, contents: [...open.map((call) => failed(call, 'This call was not run.')), ...contents] }
}

const inText = ({ name, content, media = [] }: ToolResult): readonly Content[] => [
  { type: 'text', text: `The tool ${name} gave: ${content}` },
  ...media,
]
