import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { OpenRenderer, Rendering, TemplateRenderer, TemplateVariables } from './template-renderer.ts'

/** How long a renderer may live, in milliseconds. */
const LIFETIME = 3000
/** How long one `render` may take in the child, in milliseconds, should nobody be left to end it. */
const ROUND = 1500
/** The most memory for a template's values, in MB. A small conversation takes one or two. */
const MEMORY = 64
/** The longest text of one rendering that is looked at, in characters, and of all of them together. */
const LONGEST = 200_000
const LONGEST_OF_ALL = 8_000_000

/**
 * A process, not a worker: `range(1e9)` or a long `replace` in a worker that is out of memory ends the whole program ("FATAL ERROR:
 * Reached heap limit"), and nothing in one thread can stop them. It sees no environment, and ends with its input.
 */
const CHILD = `
const [, jinja, round, longest] = process.argv
const { writeSync } = require('node:fs')
const { runInNewContext } = require('node:vm')
const { Template } = require(jinja)
const why = (error) => ({ refusal: String(error?.message ?? error).slice(0, 500) })
let source, template
const renderingOf = (variables) => {
  try {
    template ??= new Template(source)
    return { text: template.render(variables).slice(0, longest) }
  } catch (error) {
    return why(error)
  }
}
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line)
  if (typeof message === 'string') source = message
  else {
    const work = () => {
      for (const variables of message) writeSync(1, JSON.stringify(renderingOf(variables)) + '\\n')
    }
    try {
      runInNewContext('work()', { work }, { timeout: Number(round) })
    } catch {
      process.exit(1)
    }
  }
})`

/** Opens a template in a process of its own. Only where the program is run by Node itself: another executable would run itself again. */
export const openRenderer: OpenRenderer = async (template) => {
  if (!/^node(?:js)?(?:\.exe)?$/i.test(basename(process.execPath))) return undefined
  try {
    return new ChildRenderer(template)
  } catch {
    return undefined // no such package in a bundle, or no right to start a process
  }
}

/** The processes there are: none of them shall outlive the program. */
const running = new Set<ChildRenderer>()
let isWatching = false

function watchExit(): void {
  if (isWatching) return
  isWatching = true
  process.on('exit', () => {
    for (const renderer of running) renderer.close()
  })
}

interface Round {
  readonly count: number
  readonly done: (Rendering | undefined)[]
  readonly resolve: (renderings: readonly (Rendering | undefined)[]) => void
}

class ChildRenderer implements TemplateRenderer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #close = (): void => this.close()
  readonly #timer: ReturnType<typeof setTimeout>
  #round: Round | undefined
  #rest = ''
  #read = 0
  #isOver = false

  constructor(template: string) {
    const jinja = createRequire(import.meta.url).resolve('@huggingface/jinja')
    const args = [`--max-old-space-size=${MEMORY}`, '-e', CHILD, jinja, String(ROUND), String(LONGEST)]
    const child = spawn(process.execPath, args, {
      env: { SystemRoot: process.env.SystemRoot }, // Windows starts nothing without it
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    this.#child = child
    this.#timer = setTimeout(this.#close, LIFETIME)
    running.add(this)
    watchExit()
    child.on('error', this.#close).on('close', this.#close)
    child.stdin.on('error', this.#close)
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#receive(text))
    this.#send(template)
  }

  render(all: readonly TemplateVariables[]): Promise<readonly (Rendering | undefined)[]> {
    return new Promise((resolve) => {
      this.#round = { count: all.length, done: [], resolve }
      if (this.#isOver || all.length === 0) this.#settle()
      else this.#send(all)
    })
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    running.delete(this)
    this.#child.kill('SIGKILL')
    this.#settle()
  }

  #send(value: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(value)}\n`)
  }

  #receive(text: string): void {
    this.#read += text.length
    if (this.#read > LONGEST_OF_ALL) this.close()
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    const round = this.#round
    if (!round) return
    round.done.push(...lines.map((line) => JSON.parse(line) as Rendering))
    if (round.done.length >= round.count) this.#settle()
  }

  #settle(): void {
    const round = this.#round
    this.#round = undefined
    round?.resolve(Array.from({ length: round.count }, (_, i) => round.done[i]))
  }
}
