import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { ChatError } from '../core/errors.ts'
import { fileLines } from './file-lines.ts'

const NEWLINE = 0x0a

/** A line that was read. */
export interface NewLine {
  readonly text: string
  readonly isWhole: boolean
}

/** The file of a session: lines are added at its end, by any process, and none is ever changed. */
export class SessionFile {
  readonly #path: string
  /** Up to where it was read. */
  #end = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Adds whole lines in one write. A line that another process did not finish stays nobody's. */
  async append(lines: string): Promise<void> {
    const file = await this.#open(constants.O_RDWR | constants.O_APPEND)
    try {
      const { size } = await file.stat()
      const isInside = size > 0 && (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== NEWLINE
      const bytes = Buffer.from(isInside ? `\n${lines}` : lines)
      const { bytesWritten } = await file.write(bytes)
      if (bytesWritten < bytes.length) throw new Error('the disk is full')
      if (this.#end === size) this.#end += bytesWritten
    } catch (error) {
      throw new Error(`Cannot save the conversation in ${this.#path}: ${(error as Error).message}.`, {
        cause: error,
      })
    } finally {
      await file.close()
    }
  }

  /** The lines that were added since the last call, by others too. */
  async *news(): AsyncGenerator<NewLine, void, undefined> {
    const file = await this.#open(constants.O_RDONLY)
    try {
      for await (const { bytes, end, isWhole } of fileLines(file, this.#end)) {
        if (isWhole) this.#end = end
        yield { text: bytes.toString('utf8'), isWhole }
      }
    } finally {
      await file.close()
    }
  }

  async #open(flags: number): Promise<FileHandle> {
    try {
      return await open(this.#path, flags)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      throw noSession()
    }
  }
}

/** The error for a conversation that is not there, or no longer. */
export const noSession = (): ChatError =>
  new ChatError('There is no such saved conversation: it was deleted, or is kept elsewhere.', {
    code: 'not-found',
  })
