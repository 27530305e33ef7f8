import type { ToolCall } from '../core/content.ts'
import type { Turn, UserTurn } from '../core/turn.ts'

/** The calls of a turn. */
export const callsOf = (turn: Turn | undefined): readonly ToolCall[] =>
  turn?.contents.filter((content): content is ToolCall => content.type === 'tool-call') ?? []

/** Whether a turn holds nothing but results of tools. */
export const isResults = (turn: Turn | undefined): turn is UserTurn =>
  turn?.role === 'user' &&
  turn.contents.length > 0 &&
  turn.contents.every((content) => content.type === 'tool-result')

/** A question and all that followed until the next one. */
export interface Round {
  readonly input: UserTurn
  readonly responses: readonly Turn[]
}

/** The turns grouped by question: a user turn that holds only tool results belongs to the round before. */
export function roundsOf(turns: readonly Turn[]): readonly Round[] {
  const grouped: { input: UserTurn; responses: Turn[] }[] = []
  for (const turn of turns) {
    const last = grouped.at(-1)
    if (turn.role === 'user' && (!isResults(turn) || !last)) grouped.push({ input: turn, responses: [] })
    else last?.responses.push(turn)
  }
  return grouped
}

/** @throws TypeError for what is no turn */
export function checkTurn(turn: Turn): Turn {
  const isTurn = (turn?.role === 'user' || turn?.role === 'assistant') && Array.isArray(turn.contents)
  if (isTurn) return turn
  throw new TypeError(
    `a turn is { role: 'user' | 'assistant', contents: [...] }: got ${JSON.stringify(turn)?.slice(0, 100)}` +
      ((turn as { role?: string } | undefined)?.role === 'system'
        ? '. A system prompt is set by systemPrompt'
        : ''),
  )
}

/** A system prompt of one or more parts, joined by a blank line. */
export function joinPrompt(prompt: string | readonly string[] | undefined): string | undefined {
  if (prompt === undefined) return undefined
  const parts = Array.isArray(prompt) ? (prompt as readonly unknown[]) : [prompt]
  for (const part of parts)
    if (typeof part !== 'string')
      throw new TypeError(`systemPrompt must be a string or an array of strings: got ${typeof part}`)
  return parts.join('\n\n') || undefined
}
