import { type AssistantTurn, textOf } from '../core/turn.ts'
import { failureOf } from './failure.ts'
import type { Prompt } from './input.ts'
import { harmless } from './io.ts'
import { openChat } from './open-chat.ts'
import { redacted } from './secrets.ts'
import type { AskTask } from './task.ts'

/** What came of one model. */
export interface Compared {
  readonly model: string
  readonly text: string
  readonly turn?: AssistantTurn | undefined
  readonly error?: string
  /** Until the first text, in milliseconds. */
  readonly firstText?: number | undefined
  /** In milliseconds. */
  readonly duration: number
}

/** Asks one model, and tells what has come with each piece of it; never fails. */
export async function answerOf(
  model: string,
  task: AskTask,
  { text, images }: Prompt,
  signal: AbortSignal,
  onText: (soFar: Compared) => void,
): Promise<Compared> {
  const started = performance.now()
  let firstText: number | undefined
  let answer = ''
  try {
    const { chat, close } = await openChat(task)
    try {
      let turn: AssistantTurn | undefined
      for await (const event of chat.events([...images, text], { signal })) {
        if (event.type === 'text') {
          firstText ??= performance.now() - started
          answer += event.text
          onText({ model, text: answer, firstText, duration: performance.now() - started })
        }
        if (event.type === 'finish') turn = event.turn
      }
      const said = turn && (textOf(turn) || (turn.refusal ?? ''))
      return { model, text: said ?? answer, turn, firstText, duration: performance.now() - started }
    } finally {
      await close()
    }
  } catch (error) {
    const { message } = failureOf(error)
    const why = harmless(redacted(message))
    return { model, text: answer, error: why, firstText, duration: performance.now() - started }
  }
}
