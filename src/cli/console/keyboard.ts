import { type AsyncCompleter, type Interface, createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Draft } from './draft.ts'
import { type Streams, aside, cyan, streamsInUse } from '../io.ts'

/** What a person did at the prompt: said something, pressed Ctrl-C, or left (Ctrl-D). */
export type Heard =
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'interrupt' }
  | { readonly type: 'end' }

/** What a keyboard is told of. */
export interface KeyboardOptions {
  readonly input?: NodeJS.ReadableStream
  /** Lines typed before, the newest first. */
  readonly history?: readonly string[]
  /** Hears of each line that is typed at the prompt. */
  readonly onLine?: (line: string) => void
  readonly completer?: AsyncCompleter
  /** Ctrl-O was pressed; at the prompt, or while an answer comes. */
  readonly onThink?: (isAtPrompt: boolean) => void
  /** Whether to end the process where the system asks for it. */
  readonly ownsProcess?: boolean
}

const PASTE_ON = '\u001b[?2004h'
const PASTE_OFF = '\u001b[?2004l'

/**
 * The person at the terminal. Lines typed while an answer comes are not shown in its midst; they are kept for the next prompt,
 * and Ctrl-C then stops the answer.
 */
export class Keyboard {
  readonly #screen: Streams['stderr']
  readonly #curtain: Curtain
  readonly #input: NodeJS.ReadableStream
  readonly #options: KeyboardOptions
  readonly #readline: Interface
  readonly #draft = new Draft()
  #waiting: Heard[] = []
  #listener: ((heard: Heard) => void) | undefined
  #onInterrupt: (() => void) | undefined
  #onAnswer: ((answer: string) => void) | undefined
  #isPasting = false

  constructor(options: KeyboardOptions = {}) {
    this.#options = options
    this.#screen = streamsInUse().stderr
    this.#curtain = new Curtain(this.#screen)
    this.#input = options.input ?? process.stdin
    const isTerminal = this.#screen.isTTY === true
    this.#readline = createInterface({
      input: this.#input,
      output: isTerminal ? this.#curtain : this.#screen,
      terminal: isTerminal,
      historySize: 1000,
      history: [...(options.history ?? [])],
      ...(options.completer && { completer: options.completer }),
      removeHistoryDuplicates: true,
    })
    this.#readline.on('line', (line) => this.#line(line))
    this.#readline.on('SIGINT', this.#interrupt)
    // Back from Ctrl-Z: readline has stopped reading, and without a reader the process would end.
    this.#readline.on('SIGCONT', () => {
      this.#readline.resume()
      if (this.#listener) this.#prompt()
    })
    this.#readline.on('close', () => this.#tell({ type: 'end' }))
    process.on('SIGINT', this.#interrupt)
    if (options.ownsProcess) process.on('SIGTERM', this.#terminate)
    if (!isTerminal) return
    // Without it each line of a pasted text would be sent as a prompt of its own.
    aside(PASTE_ON)
    this.#input.on('keypress', this.#key)
  }

  /** The next thing a person does. */
  next(): Promise<Heard> {
    const first = this.#waiting.shift()
    if (first) {
      if (first.type === 'said') aside(`${this.#mark()}${first.text.replaceAll('\n', `\n${MORE}`)}\n`)
      return Promise.resolve(first)
    }
    return new Promise((resolve) => {
      this.#listener = resolve
      this.#prompt()
    })
  }

  /** Runs something during which the prompt is away and Ctrl-C means to stop it. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController()
    this.#onInterrupt = () => {
      // As a terminal does: what was typed ahead is taken back with what it followed.
      this.#waiting = this.#waiting.filter(({ type }) => type === 'end')
      stop.abort()
    }
    try {
      return await work(stop.signal)
    } finally {
      this.#onInterrupt = undefined
    }
  }

  /** Asks something in the midst of an answer; what was typed ahead is put by. Empty where Ctrl-C was pressed. */
  async ask(question: string): Promise<string> {
    const { line: typed } = this.#readline
    this.#readline.write(null, { ctrl: true, name: 'u' })
    this.#readline.write(null, { ctrl: true, name: 'k' })
    this.#lift()
    this.#readline.setPrompt(question)
    const answer = await new Promise<string>((resolve) => {
      this.#onAnswer = resolve
      this.#readline.prompt()
    })
    this.#curtain.isDrawn = true
    if (typed) this.#readline.write(typed)
    return answer.trim()
  }

  /** Draws the prompt anew, below what was said meanwhile. */
  redraw(): void {
    if (this.#listener) this.#prompt()
  }

  /** As Ctrl-D does; an answer that comes is stopped. */
  leave(): void {
    this.#onInterrupt?.()
    this.#tell({ type: 'end' })
  }

  /** Gives the terminal back. */
  close(): void {
    process.off('SIGINT', this.#interrupt)
    process.off('SIGTERM', this.#terminate)
    this.#input.off('keypress', this.#key)
    this.#curtain.close()
    this.#readline.removeAllListeners('close')
    this.#readline.close()
    if (this.#screen.isTTY) aside(PASTE_OFF)
  }

  readonly #terminate = (): void => {
    this.close()
    process.exit(143)
  }

  readonly #key = (
    _text: unknown,
    key: { readonly name?: string; readonly ctrl?: boolean } | undefined,
  ): void => {
    if (key?.name === 'paste-start') this.#isPasting = true
    if (key?.name === 'paste-end') this.#isPasting = false
    if (key?.ctrl && key.name === 'o' && !this.#onAnswer)
      this.#options.onThink?.(this.#listener !== undefined)
  }

  #line(line: string): void {
    if (this.#onAnswer) {
      const answered = this.#onAnswer
      this.#onAnswer = undefined
      // An answer is no prompt to be brought back.
      ;(this.#readline as Interface & { history: string[] }).history.shift()
      return answered(line)
    }
    if (line.trim() !== '') this.#options.onLine?.(line)
    this.#draft.add(line, this.#isPasting)
    // A draft that is typed ahead goes on behind the curtain.
    if (this.#draft.isOpen) return this.#listener && this.#prompt()
    this.#tell({ type: 'said', text: this.#draft.take() })
  }

  readonly #interrupt = (): void => {
    if (this.#onInterrupt) {
      this.#onInterrupt()
      const answered = this.#onAnswer
      this.#onAnswer = undefined
      if (answered) aside('^C\n')
      return answered?.('')
    }
    const hadText = this.#readline.line !== '' || !this.#draft.isEmpty || this.#draft.isOpen
    this.#draft.clear()
    this.#readline.write(null, { ctrl: true, name: 'e' })
    aside(hadText ? '^C\n' : '\n')
    // What was given up stays on the screen, as in a shell.
    this.#curtain.isDrawn = true
    this.#readline.write(null, { ctrl: true, name: 'u' })
    if (hadText) return this.#prompt()
    this.#tell({ type: 'interrupt' })
  }

  #tell(heard: Heard): void {
    this.#curtain.isDrawn = true
    const listener = this.#listener
    this.#listener = undefined
    if (listener) listener(heard)
    else this.#waiting.push(heard)
  }

  #prompt(): void {
    this.#lift()
    this.#readline.setPrompt(this.#mark())
    this.#readline.prompt(true)
  }

  #lift(): void {
    if (!this.#curtain.isDrawn) return
    this.#curtain.isDrawn = false
    // What was typed meanwhile was wrapped in nobody's sight: going up its rows would wipe the answer.
    Object.assign(this.#readline, { prevRows: 0 })
  }

  #mark(): string {
    return cyan(this.#draft.isOpen ? MORE : '> ')
  }
}

const MORE = '. '

/** The screen with a curtain before it. */
class Curtain extends Writable {
  isDrawn = false
  readonly isTTY = true
  readonly #screen: Streams['stderr']

  constructor(screen: Streams['stderr']) {
    super({ decodeStrings: false })
    this.#screen = screen
    screen.on('resize', this.#resized)
  }

  close(): void {
    this.#screen.off('resize', this.#resized)
  }

  get columns(): number {
    return this.#screen.columns ?? 80
  }

  get rows(): number {
    return this.#screen.rows ?? 24
  }

  readonly #resized = (): void => void this.emit('resize')

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    if (!this.isDrawn) this.#screen.write(text)
    done()
  }
}
