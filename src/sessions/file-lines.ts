import type { FileHandle } from 'node:fs/promises'

const PIECE = 1 << 18
const NEWLINE = 0x0a

/** A line of a file, without its end. */
export interface FileLine {
  readonly bytes: Buffer
  /** Where the next line begins. */
  readonly end: number
  /** False for a last line without a newline: whoever writes it is not done, or never will be. */
  readonly isWhole: boolean
}

/** The lines of an open file from a place on; the cost is linear whatever their length. */
export async function* fileLines(file: FileHandle, from = 0): AsyncGenerator<FileLine, void, undefined> {
  let pieces: Buffer[] = []
  let at = from
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, at)
    const piece = buffer.subarray(0, bytesRead)
    if (bytesRead === 0) break
    let start = 0
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      pieces.push(piece.subarray(start, end))
      start = end + 1
      yield { bytes: joined(pieces), end: at + start, isWhole: true }
      pieces = []
    }
    if (start < bytesRead) pieces.push(piece.subarray(start))
    at += bytesRead
  }
  if (pieces.length > 0) yield { bytes: joined(pieces), end: at, isWhole: false }
}

const joined = (pieces: readonly Buffer[]): Buffer =>
  pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
