import type { FileRequest } from '../file-server.ts'

type Fields = Readonly<Record<string, unknown>>

/** One request as it was handed in. */
export interface KeptEntry {
  readonly id: string
  readonly body: Fields
  /** Where the batch says what is to answer it. */
  readonly url?: string
}

/** What came of a request: `body` as the provider's chat would have answered. */
export interface Came {
  readonly id: string
  readonly outcome: 'answered' | 'failed' | 'expired' | 'cancelled'
  readonly status: number
  readonly body: unknown
}

/** A batch as its server keeps it. */
export interface Kept {
  readonly id: string
  readonly mark: unknown
  readonly entries: readonly KeptEntry[]
  /** Also what else its server must tell again, such as its endpoint. */
  readonly facts: Fields
  state: 'running' | 'cancelling' | 'completed' | 'failed' | 'expired' | 'cancelled'
  /** In the order they are told; empty until it is over. */
  came: readonly Came[]
}

/** A refusal instead of an answer. */
export interface Refused {
  readonly status: number
  readonly message: string
}

/** How a server of batches behaves. */
export interface BatchScript {
  /** What answers a request: a text, a refusal, or a whole body of the provider's chat. @default `ok` */
  readonly answer?: (body: Fields, id: string) => string | Refused | { readonly body: unknown }
  /** How often it is asked after a batch before it is over; the batch is still running that often. @default 1 */
  readonly polls?: number
  /** How it ends; `failed` is the whole of it, as when it cannot be read. @default 'completed' */
  readonly ends?: 'completed' | 'failed' | 'expired'
  /** How many requests have their answer when it expires or is cancelled, from the first on. @default 1 */
  readonly done?: number
  /** The order of the answers. @default the other way round */
  readonly order?: (came: readonly Came[]) => readonly Came[]
  /** Looks at each request first; true where it has answered it itself, such as with a 429 or by dropping the connection. */
  readonly before?: (
    reply: import('node:http').ServerResponse,
    request: FileRequest,
    n: number,
  ) => boolean | undefined
}

/** What a kind of server answers; `undefined` is a 404. */
export type Replied =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string }
  | undefined

/** A kind of server: its paths, and how it tells of a batch. */
export type Speak = (request: FileRequest, keep: Keep) => Promise<Replied> | Replied

/** What a server keeps: its files and its batches. */
export class Keep {
  readonly files = new Map<string, string>()
  readonly batches: Kept[] = []
  readonly origin: string
  readonly #script: BatchScript
  readonly #spell: (text: string, body: Fields, url: string | undefined) => unknown
  readonly #asked = new Map<string, number>()

  constructor(
    origin: string,
    script: BatchScript,
    spell: (text: string, body: Fields, url: string | undefined) => unknown,
  ) {
    this.origin = origin
    this.#script = script
    this.#spell = spell
  }

  file(text: string): string {
    const id = `file-${this.files.size + 1}`
    this.files.set(id, text)
    return id
  }

  add(entries: readonly KeptEntry[], mark: unknown, facts: Fields = {}): Kept {
    const kept: Kept = {
      id: `batch_${this.batches.length + 1}`,
      mark,
      entries,
      facts,
      state: 'running',
      came: [],
    }
    this.batches.push(kept)
    return kept
  }

  /** The batch, as it is when asked after once more. */
  ask(id: string): Kept | undefined {
    const kept = this.batches.find((one) => one.id === id)
    if (!kept) return undefined
    const { polls = 1, ends = 'completed', done = 1 } = this.#script
    if (kept.state === 'cancelling') this.#end(kept, 'cancelled', done)
    const asked = (this.#asked.get(id) ?? 0) + 1
    this.#asked.set(id, asked)
    if (kept.state === 'running' && asked > polls)
      this.#end(kept, ends, ends === 'completed' ? Infinity : ends === 'failed' ? 0 : done)
    return kept
  }

  cancel(id: string): Kept | undefined {
    const kept = this.batches.find((one) => one.id === id)
    if (kept?.state === 'running') kept.state = 'cancelling'
    return kept
  }

  #end(kept: Kept, state: 'completed' | 'failed' | 'expired' | 'cancelled', done: number): void {
    const { order = (came) => came.toReversed() } = this.#script
    kept.state = state
    if (state === 'failed') return
    const unasked = state === 'expired' ? 'expired' : 'cancelled'
    kept.came = order(
      kept.entries.map((entry, n) =>
        n < done ? this.#answer(entry) : { id: entry.id, outcome: unasked, status: 0, body: undefined },
      ),
    )
  }

  #answer({ id, body, url }: KeptEntry): Came {
    const said = this.#script.answer?.(body, id) ?? 'ok'
    if (typeof said === 'string')
      return { id, outcome: 'answered', status: 200, body: this.#spell(said, body, url) }
    if ('status' in said)
      return { id, outcome: 'failed', status: said.status, body: { error: { message: said.message } } }
    return { id, outcome: 'answered', status: 200, body: said.body }
  }
}

/** The rows of a text of one JSON value a line. */
export const rowsIn = (text: string): readonly Fields[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Fields)

/** One JSON value a line. */
export const linesOf = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('')

/** How many came to this. */
export const count = ({ came }: Kept, outcome: Came['outcome']): number =>
  came.filter((one) => one.outcome === outcome).length

/** The JSON that was sent. */
export const sentIn = ({ bytes }: FileRequest): Fields => JSON.parse(bytes.toString() || '{}') as Fields
