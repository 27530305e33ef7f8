import { parsedJson } from './parsed-json.ts'

/** A line of a journal, and where it begins. */
export interface JournalLine {
  readonly text: string
  /** In bytes from the beginning of the file. */
  readonly at: number
  /** False for a last line without an end: whoever wrote it was interrupted. */
  readonly isWhole: boolean
}

/** Whether a line is what is left of one that begins so, and in whose writing somebody was interrupted. */
export const isTorn = (text: string, head: string): boolean =>
  text !== '' && parsedJson(text) === undefined && head.startsWith(text.slice(0, head.length))

/** A file of lines that only grows, and that one process at a time holds. */
export interface Journal {
  /** The lines there are, to be read before the first `append`. */
  lines(): AsyncGenerator<JournalLine, void, undefined>
  /** Adds a line; done once it is on the disk. Lines of the same moment share one trip there. */
  append(text: string): Promise<void>
  /** The line that begins at this byte. */
  read(at: number): Promise<string>
  /** Lets go of the file, with what was appended written. */
  close(): Promise<void>
}

/**
 * Opens a journal, which is made where there is none; one that is only read is not made, and may be held by somebody else.
 * @throws JournalError where somebody else holds it, or it cannot be opened
 */
export type OpenJournal = (
  path: string,
  how?: { readonly isReadOnly?: boolean | undefined },
) => Promise<Journal>

/** A journal that cannot be opened or written; the message says what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
  /** Whether another process holds it. */
  readonly isHeld: boolean

  constructor(message: string, options: { readonly cause?: unknown; readonly isHeld?: boolean } = {}) {
    super(message, { cause: options.cause })
    this.isHeld = options.isHeld ?? false
  }
}
