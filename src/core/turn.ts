import type { Content } from './content.ts'
import type { FinishReason } from './delta.ts'
import type { Usage } from './usage.ts'

/** A change made to a request so that a model or server could take it, told to the caller. */
export interface Adjustment {
  /**
   * What was changed: `parameter` (dropped, renamed or brought into range), `history` (turns mended), `field` (of the body), `system`
   * (folded into the first prompt), `tools` and `schema` (asked for in another way, which `name` tells), `image` (downloaded here),
   * `content` (spelled otherwise), `tool-calls` (found in text), `route` (another backend was asked), `fallback` (another
   * provider was).
   */
  readonly type:
    | 'parameter'
    | 'history'
    | 'field'
    | 'system'
    | 'tools'
    | 'schema'
    | 'image'
    | 'content'
    | 'tool-calls'
    | 'route'
    | 'fallback'
  /** The name of the parameter, field or rule. */
  readonly name: string
  /** What was done and why, one sentence. */
  readonly message: string
}

/** What a person (or the program) said, tool results included. */
export interface UserTurn {
  readonly role: 'user'
  readonly contents: readonly Content[]
}

/** What a model said, and what is known about how it came. */
export interface AssistantTurn {
  readonly role: 'assistant'
  readonly contents: readonly Content[]
  readonly finish: FinishReason
  /** The server's own word for `finish`. */
  readonly finishRaw?: string
  /** The id of the provider that was asked, as in `chat('groq/…')`. */
  readonly provider?: string
  /** The model as the server names it. */
  readonly model?: string
  /** Who ran the model behind a router (the `x-inference-provider` header on Hugging Face). */
  readonly servedBy?: string
  readonly usage?: Usage
  /** The tier of service that the tokens are billed at, in the server's own word; absent where it tells none. */
  readonly serviceTier?: string
  /** In US dollars; absent where unknown. */
  readonly cost?: number
  /** From sending the request to the end of the answer, in milliseconds. */
  readonly duration?: number
  readonly adjustments?: readonly Adjustment[]
  /** Why a model declined, in its own words. */
  readonly refusal?: string
  /** The server's id of the request, for support. */
  readonly requestId?: string
}

/** One side's contribution to a conversation. */
export type Turn = UserTurn | AssistantTurn

type InputPart = string | Content | Promise<Content>

/** One prompt: a string, a content (also one that is still being read, as `image()` gives), or several of these. */
export type Input = InputPart | readonly InputPart[]

/**
 * The user turn for an input.
 * @throws TypeError when there is nothing in it.
 */
export function userTurn(input: string | Content | readonly (string | Content)[]): UserTurn {
  const parts: readonly unknown[] = Array.isArray(input) ? input : [input]
  if (parts.length === 0)
    throw new TypeError('a prompt needs at least one string or content: it is an empty array')
  const contents = parts.map((part): Content => {
    if (typeof part === 'string') return { type: 'text', text: part }
    if (typeof part === 'object' && part !== null && typeof (part as Content).type === 'string')
      return part as Content
    throw new TypeError(
      `a prompt is made of strings and contents: got ${part === null ? 'null' : typeof part}`,
    )
  })
  if (contents.every((content) => content.type === 'text' && content.text === ''))
    throw new TypeError('a prompt needs some text: it is empty')
  return { role: 'user', contents }
}

/** The user turn for an input; later where some of it is still being read. */
export function turnOf(input: Input): UserTurn | Promise<UserTurn> {
  const parts: readonly InputPart[] = Array.isArray(input) ? input : [input as InputPart]
  if (!parts.some((part) => part instanceof Promise)) return userTurn(parts as readonly (string | Content)[])
  const turn = Promise.all(parts).then(userTurn)
  // A stream nobody reads must not end the process for a file that is missing.
  turn.catch(() => undefined)
  return turn
}

/** The text of a turn, its parts joined; thinking and everything else left out. */
export function textOf(turn: Turn): string {
  let text = ''
  for (const content of turn.contents) if (content.type === 'text') text += content.text
  return text
}
