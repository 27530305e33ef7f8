/** One HTTP request, ready to go. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
  /** Hears how many bytes of a body of bytes the connection has taken, where the transport can tell; from 0 again on another one. */
  readonly onSent?: ((bytes: number) => void) | undefined
  /** How long to wait for a connection, in milliseconds, where the transport can tell; 0 is for ever. */
  readonly connectTimeout: number
  /** Whether it must not be sent again by the transport itself, as over a connection that was closed meanwhile. */
  readonly isOnce?: boolean | undefined
}

/** The head of an answer, and its body as it comes. */
export interface HttpReply {
  readonly status: number
  header(name: string): string | undefined
  /** The bytes that have come since, or the next to come; undefined at the end. */
  read(): Promise<Uint8Array | undefined>
}

/** A request under way. */
export interface Exchange {
  /** Rejects where no answer came: with the reason of `cancel`, a `ConnectTimeout`, or the network's error. */
  readonly reply: Promise<HttpReply>
  /** Closes the connection at once, whatever it is doing; what waits for it fails with this reason. */
  cancel(reason: unknown): void
  /** Nothing more is wanted: leaves the connection to be used again if the answer is at its end, else closes it. */
  release(): void
}

/** Sends a request. */
export type Transport = (request: HttpRequest) => Exchange

/** No connection came about in time. */
export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout'
}
