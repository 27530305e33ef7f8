import { type AssistantTurn, textOf } from '../core/turn.ts'
import type { AskTask } from './task.ts'
import { ask } from './ask.ts'
import type { Prompt } from './input.ts'
import { aside, dim, harmless, isDrawn } from './io.ts'
import { openKept } from './open-kept.ts'
import { type AnswerPrinter, Printer } from './printer.ts'

/** Asks one thing and gives the exit code. Ctrl-C stops the answer; what had come stands. */
export async function once(task: AskTask, prompt: Prompt): Promise<number> {
  const stop = new AbortController()
  process.on('SIGINT', () => {
    // Somebody who insists need not wait for anything to be put away.
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  })
  const { open, kept } = await openKept(task)
  const { chat, close } = open
  try {
    if (task.echo === 'all') aside(`${dim(harmless(prompt.text).replace(/^/gm, '> '))}\n`)
    const contents = [...prompt.images, ...(prompt.text === '' ? [] : [prompt.text])]
    const turn = await ask(chat, contents, await printerFor(task), stop.signal)
    if (task.json) process.stdout.write(`${JSON.stringify(record(chat.provider.id, chat.model, turn))}\n`)
    return 0
  } finally {
    await kept?.save(open)
    await close()
  }
}

/** What shows the answer: drawn where a person looks at it, else as it comes. */
async function printerFor({ echo, json }: AskTask): Promise<AnswerPrinter> {
  if (json || echo === 'none' || !isDrawn()) return new Printer({ echo, isSilent: json })
  const { LivePrinter } = await import('./console/live-printer.ts')
  return new LivePrinter({ footer: echo === 'all', showsThinking: echo === 'all' })
}

/** The line of `--json`: always the same members, null where nothing is known. */
function record(provider: string, model: string, turn: AssistantTurn): Readonly<Record<string, unknown>> {
  const thinking = turn.contents
    .flatMap((content) => (content.type === 'thinking' ? [content.text] : []))
    .join('')
  return {
    text: textOf(turn) || (turn.refusal ?? ''),
    provider,
    model: turn.model ?? model,
    servedBy: turn.servedBy ?? null,
    serviceTier: turn.serviceTier ?? null,
    finish: turn.finish,
    usage: turn.usage ?? null,
    cost: turn.cost ?? null,
    duration: turn.duration === undefined ? null : Math.round(turn.duration),
    ...(thinking && { thinking }),
    ...(turn.adjustments && { adjustments: turn.adjustments }),
  }
}
