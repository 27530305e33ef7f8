import { default as headless } from '@xterm/headless'

/** A terminal that is only imagined: what is written to it can be read as a person would see it. */
export class Terminal {
  readonly #terminal: InstanceType<typeof headless.Terminal>
  /** All that was written. */
  written = ''

  constructor(columns = 60, rows = 20) {
    this.#terminal = new headless.Terminal({
      cols: columns,
      rows,
      convertEol: true,
      scrollback: 100_000,
      allowProposedApi: true,
    })
  }

  get columns(): number {
    return this.#terminal.cols
  }

  get rows(): number {
    return this.#terminal.rows
  }

  write(text: string): true {
    this.written += text
    this.#terminal.write(text)
    return true
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
  }

  /** What is on the screen and above it, less the blank end. */
  async text(): Promise<string> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve))
    const { active } = this.#terminal.buffer
    const lines: string[] = []
    for (let at = 0; at < active.length; at++) {
      const line = active.getLine(at)!
      const text = line.translateToString(true)
      if (line.isWrapped) lines[lines.length - 1] += text
      else lines.push(text)
    }
    return lines.join('\n').trimEnd()
  }
}
