import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { dataFolder } from '../../sessions/data-folder.ts'

/** How many lines are kept. */
const MOST = 1000

/** The lines that were typed, in all runs: a file that its owner alone can read. It keeps nothing where `NATTER_HISTORY` is `off`. */
export class InputHistory {
  readonly #path: string | undefined

  constructor(path: string | undefined = isOff() ? undefined : join(dataFolder(), 'console-history')) {
    this.#path = path
  }

  /** What was typed before, the newest first. */
  read(): readonly string[] {
    if (this.#path === undefined) return []
    const lines = this.#lines(this.#path)
    // So that the file does not grow for ever.
    if (lines.length > MOST * 2)
      writeFileSync(this.#path, `${lines.slice(-MOST).join('\n')}\n`, { mode: 0o600 })
    return [...new Set(lines.slice(-MOST).toReversed())]
  }

  /** Keeps a line; where there is no place for it, it is forgotten. */
  add(line: string): void {
    if (this.#path === undefined) return
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 })
      chmodSync(this.#path, 0o600)
    } catch {
      // A folder that is read-only shall not keep anybody from talking.
    }
  }

  #lines(path: string): readonly string[] {
    try {
      return readFileSync(path, 'utf8').split('\n').filter(Boolean)
    } catch {
      return []
    }
  }
}

const isOff = (): boolean => process.env['NATTER_HISTORY'] === 'off'
