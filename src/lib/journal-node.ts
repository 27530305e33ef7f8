import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Journal, JournalError, type JournalLine, type OpenJournal } from './journal.ts'
import { holdFile } from './hold-file-node.ts'

const PIECE = 1 << 16
const NEWLINE = 0x0a

/** Opens a journal on this machine's disk. */
export const openJournal: OpenJournal = async (path, { isReadOnly = false } = {}) => {
  const release = isReadOnly ? () => undefined : holdFile(path)
  let file: FileHandle | undefined
  try {
    // The owner's alone: answers may be anybody's secrets.
    file = isReadOnly
      ? await open(path, constants.O_RDONLY)
      : await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600)
    const about = await file.stat()
    if (!about.isFile()) throw new JournalError(`${path} is no file that could be added to: name another`)
    return new NodeJournal(path, file, release, about.size)
  } catch (error) {
    await file?.close()
    release()
    throw error instanceof JournalError
      ? error
      : new JournalError(`cannot open ${path}: ${why(error)}`, { cause: error })
  }
}

class NodeJournal implements Journal {
  readonly #path: string
  readonly #file: FileHandle
  readonly #release: () => void
  /** Where the next line begins. */
  #size: number
  /** Whether the last line has no end. */
  #endsInside: boolean | undefined
  #waiting: string[] = []
  /** The batch on its way to the disk, and the one that gathers meanwhile. */
  #current: Promise<void> | undefined
  #next: Promise<void> | undefined
  #failure: JournalError | undefined

  constructor(path: string, file: FileHandle, release: () => void, size: number) {
    this.#path = path
    this.#file = file
    this.#release = release
    this.#size = size
  }

  async *lines(): AsyncGenerator<JournalLine, void, undefined> {
    let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0)
    let at = 0
    for (let read = 0; read < this.#size;) {
      const piece = await this.#bytes(read, PIECE)
      if (piece.length === 0) break
      read += piece.length
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        yield { text: rest.toString('utf8', 0, end), at, isWhole: true }
        at += end + 1
        rest = rest.subarray(end + 1)
      }
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), at, isWhole: false }
  }

  async read(at: number): Promise<string> {
    const pieces: Buffer[] = []
    for (let from = at; ;) {
      const piece = await this.#bytes(from, PIECE)
      const end = piece.indexOf(NEWLINE)
      pieces.push(end < 0 ? piece : piece.subarray(0, end))
      if (end >= 0 || piece.length === 0) return Buffer.concat(pieces).toString('utf8')
      from += piece.length
    }
  }

  append(text: string): Promise<void> {
    this.#waiting.push(text)
    return (this.#next ??= this.#write(this.#current))
  }

  async close(): Promise<void> {
    await (this.#next ?? this.#current)?.catch(() => undefined)
    await this.#file.close()
    this.#release()
  }

  /** Writes what has come by the time the batch before is written. */
  async #write(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined)
    this.#current = this.#next
    this.#next = undefined
    const lines = this.#waiting
    this.#waiting = []
    if (this.#failure) throw this.#failure
    try {
      this.#endsInside ??= this.#size > 0 && (await this.#bytes(this.#size - 1, 1))[0] !== NEWLINE
      // An interrupted line stays as it is, and is nobody's.
      const text = `${this.#endsInside ? '\n' : ''}${lines.join('\n')}\n`
      await this.#file.appendFile(text)
      await this.#file.datasync()
      this.#endsInside = false
    } catch (error) {
      this.#failure = new JournalError(
        `cannot write ${this.#path}: ${why(error)}. What is in it is safe: make room, and run again with the same file.`,
        { cause: error },
      )
      throw this.#failure
    }
  }

  async #bytes(position: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(length), 0, length, position)
    return buffer.subarray(0, bytesRead)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  EFBIG: 'the file may not grow any further',
  EACCES: 'no permission',
  EROFS: 'the disk can only be read',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder',
}

function why(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return REASONS[code] ?? message
}
