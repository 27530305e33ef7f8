import { print } from '#platform'
import type { Content } from '../core/content.ts'
import type { UserTurn } from '../core/turn.ts'
import type { ChatEvent } from './events.ts'
import { describe } from './inspect.ts'

/** The most of a tool's result that is printed: the model is told all of it. */
const MOST_LINES = 5
const MOST_CHARACTERS = 400

/** Prints a conversation as it goes. */
export class Echoer {
  readonly #isAll: boolean
  #isAtLineStart = true
  #prefix = ''

  constructor(echo: 'output' | 'all') {
    this.#isAll = echo === 'all'
  }

  /** Prints what the person says, each line after `> `. */
  ask(turn: UserTurn): void {
    if (this.#isAll) for (const content of turn.contents) this.#lines('> ', describe(content))
  }

  /** Prints the next piece of the answer. */
  answer(event: ChatEvent): void {
    switch (event.type) {
      case 'text':
      case 'refusal':
        this.#write('< ', event.text)
        break
      case 'thinking':
        if (this.#isAll) this.#write('~ ', event.text)
        break
      case 'tool-call':
        this.#aside(event.call)
        break
      case 'tool-result':
        this.#aside({ ...event.result, content: clipped(event.result.content) })
        break
      case 'server-tool':
        // A record of what came of it says nothing that the answer does not.
        if (event.tool.input !== undefined) this.#aside(event.tool)
        break
      case 'media':
        this.#aside(event.media)
        break
      case 'finish':
        this.end()
        break
      case 'adjustment':
        if (this.#isAll) this.#lines('! ', event.adjustment.message)
        break
      default:
    }
  }

  /** Ends a line that was begun. */
  end(): void {
    if (!this.#isAtLineStart) print('\n')
    this.#isAtLineStart = true
  }

  #aside(content: Content): void {
    this.end()
    this.#lines('< ', describe(content))
  }

  #lines(prefix: string, text: string): void {
    this.end()
    this.#write(prefix, `${text}\n`)
  }

  #write(prefix: string, text: string): void {
    if (text === '') return
    if (this.#isAll && prefix !== this.#prefix) this.end()
    this.#prefix = prefix
    const mark = this.#isAll ? prefix : ''
    const body = mark === '' ? text : text.replaceAll(/\n(?!$)/g, `\n${mark}`)
    print((this.#isAtLineStart ? mark : '') + body)
    this.#isAtLineStart = text.endsWith('\n')
  }
}

function clipped(text: string): string {
  const head = text.split('\n', MOST_LINES).join('\n').slice(0, MOST_CHARACTERS)
  return head.length < text.length ? `${head}…` : text
}

/** A loop with both sides printed as it goes. */
export async function* echoed<E, R>(
  echo: 'output' | 'all',
  question: UserTurn,
  steps: AsyncGenerator<E, R, undefined>,
  eventsOf: (step: E) => readonly ChatEvent[],
): AsyncGenerator<E, R, undefined> {
  const echoer = new Echoer(echo)
  echoer.ask(question)
  try {
    let step = await steps.next()
    while (!step.done) {
      for (const event of eventsOf(step.value)) echoer.answer(event)
      yield step.value
      step = await steps.next()
    }
    return step.value
  } finally {
    echoer.end()
    await steps.return(undefined as never)
  }
}
