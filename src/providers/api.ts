import type { ModelInfo } from '../capabilities/model-info.ts'

/** A question to a provider beside its chat: for a list of models, a count of tokens, a file. */
export interface ApiRequest {
  /** @default `GET`, and `POST` where something is sent */
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Joined to the base URL; or a whole address, which is sent the key only where it is of the same origin. */
  readonly path: string
  /** Whether another host is the provider's too, and may know the key. */
  readonly isTrusted?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as they are; their type is among the headers. */
  readonly bytes?: Uint8Array<ArrayBuffer>
  /** Hears how many of these are sent, and of how many; at least of all of them, once they are answered. */
  readonly onSent?: ((sent: number, total: number) => void) | undefined
  /** Whether what was sent may not be sent again unless it was refused: what is made twice is there twice. */
  readonly isOnce?: boolean
  /** The most bytes that are read of the answer. @default 64 million */
  readonly limit?: number
  /** What to do where there is no such thing, one sentence. @default general advice */
  readonly advice?: string
}

/** What a provider answered. */
export interface ApiReply {
  readonly bytes: Uint8Array
  readonly header: (name: string) => string | undefined
}

/** A provider's API beside its chat: reached by the same connection, limits and key. */
export interface Api {
  /** As people say it. */
  readonly provider: string
  readonly baseUrl: string
  /** @throws ChatError */
  call(request: ApiRequest): Promise<ApiReply>
  /** The JSON that is answered. @throws ChatError, also where it is none */
  json(request: ApiRequest): Promise<unknown>
  /**
   * The JSON of an answer of one value a line, line by line as it comes; `limit` is that of a line. Where the connection is lost it
   * is asked for again, and the lines that were there come again. @throws ChatError, also where it is none
   */
  lines(request: ApiRequest): AsyncIterable<string>
  /** Waits, in milliseconds. @throws ChatError where that is aborted */
  sleep(ms: number): Promise<void>
}

/** The models that a server could answer with that is told none. @throws ChatError */
export type ServedModels = (api: Api) => Promise<readonly string[]>

/** Lists the models of a provider. @throws ChatError */
export type ListModels = (api: Api) => Promise<readonly ModelInfo[]>
