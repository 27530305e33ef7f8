/** Text that is no CSV; the message names the line. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
}

const QUOTE = '"'

/**
 * The records of a CSV text that comes in pieces, as https://www.rfc-editor.org/rfc/rfc4180 has it: fields may stand in quotes, and hold
 * line breaks then. A byte order mark and empty lines are left out.
 * @throws CsvError for a quote that is never closed, or one inside a field that does not begin with one
 */
export async function* readCsv(
  pieces: AsyncIterable<string> | Iterable<string>,
  delimiter = ',',
): AsyncGenerator<readonly string[], void, undefined> {
  const reader = new CsvReader(delimiter)
  for await (const piece of pieces) yield* reader.push(piece)
  yield* reader.end()
}

class CsvReader {
  readonly #delimiter: string
  #fields: string[] = []
  #field = ''
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  /** Whether the last character was a carriage return that has ended a record. */
  #wasReturn = false
  #isFirst = true
  #line = 1
  #opened = 1

  constructor(delimiter: string) {
    this.#delimiter = delimiter
  }

  *push(piece: string): Generator<readonly string[]> {
    for (let at = 0; at < piece.length; at++) {
      const char = piece[at] as string
      if (this.#isFirst) {
        this.#isFirst = false
        if (char === '\ufeff') continue
      }
      const follows = this.#wasReturn
      this.#wasReturn = false
      if (char === '\n') this.#line++
      if (this.#state === 'quoted') {
        if (char === QUOTE) this.#state = 'closed'
        else {
          // All up to the next quote at once: a field may be a whole document.
          const end = piece.indexOf(QUOTE, at)
          const text = piece.slice(at, end < 0 ? piece.length : end)
          this.#field += text
          for (let n = text.indexOf('\n', 1); n >= 0; n = text.indexOf('\n', n + 1)) this.#line++
          at += text.length - 1
        }
      } else if (char === '\n' && follows) continue
      else if (char === '\n' || char === '\r') {
        this.#wasReturn = char === '\r'
        const record = this.#record()
        if (record) yield record
      } else if (char === this.#delimiter) this.#close()
      else if (char === QUOTE) this.#quote()
      else {
        if (this.#state === 'closed')
          throw new CsvError(
            `line ${this.#line}: there is text after the quote that closes a field; a quote inside is written ""`,
          )
        this.#state = 'plain'
        this.#field += char
      }
    }
  }

  *end(): Generator<readonly string[]> {
    if (this.#state === 'quoted')
      throw new CsvError(`line ${this.#opened}: the quote that opens a field is never closed`)
    const record = this.#record()
    if (record) yield record
  }

  #quote(): void {
    if (this.#state === 'closed') this.#field += QUOTE
    else if (this.#state === 'plain')
      throw new CsvError(
        `line ${this.#line}: there is a quote inside a field without quotes; put it in quotes, and write "" inside`,
      )
    else this.#opened = this.#line
    this.#state = 'quoted'
  }

  #close(): void {
    this.#fields.push(this.#field)
    this.#field = ''
    this.#state = 'start'
  }

  #record(): readonly string[] | undefined {
    if (this.#fields.length === 0 && this.#state === 'start') return undefined
    this.#close()
    const record = this.#fields
    this.#fields = []
    return record
  }
}

/** One record of CSV, with its line break; what needs quotes gets them. */
export function csvLine(fields: readonly string[], delimiter = ','): string {
  const line = fields.map((field) => quoted(field, delimiter)).join(delimiter)
  // A lone empty field would be an empty line, which is no record.
  return `${line === '' ? '""' : line}\r\n`
}

function quoted(field: string, delimiter: string): string {
  const needsQuotes = /["\r\n]/.test(field) || field.includes(delimiter) || field.startsWith('\ufeff')
  return needsQuotes ? `"${field.replaceAll('"', '""')}"` : field
}
