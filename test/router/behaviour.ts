import type { Framing } from './completion.ts'
import type { Refusal } from './refusals.ts'
import type { Answer, Body, Json } from './wire.ts'

/** What a request needs of a model: the columns of the matrix. */
export type Need =
  | 'plain'
  | 'system'
  | 'tools'
  | 'structured'
  | 'tools+structured'
  | 'image'
  | 'stream'
  | 'long history'

/** What a model behind a backend cannot do, as an honest catalogue and chat template tell. */
export type Lack = 'tools' | 'structured' | 'image' | 'system' | 'system-silently' | 'any-order'

/** One way in which a backend differs from a willing one. Every part that is absent is as a willing one does it. */
export interface Behaviour {
  readonly name: string
  /** What it does, in one sentence. */
  readonly says: string
  /** Where it was seen. */
  readonly source: string
  /** Fields of a body on which it shows, besides `model` and `messages`. */
  readonly bites?: Json
  readonly lacks?: readonly Lack[]
  /**
   * What may become of a need where this is the only backend, if not the right answer: the code of the documented error. `all` is
   * for every need.
   */
  readonly expects?: Readonly<Partial<Record<Need | 'all', string>>>
  /** Refuses a request; `n` counts this backend's requests from 0. */
  readonly refuses?: (body: Body, n: number) => Refusal | undefined
  /** What of a request reaches the model. */
  readonly sees?: (body: Body) => Body
  /** What becomes of the model's answer; `body` is the request as it came. */
  readonly speaks?: (answer: Answer, body: Body) => Answer
  /** How the answer travels. */
  readonly framing?: Framing
}

/** Several behaviours at one backend: the first that refuses does, and what is left passes through them all in turn. */
export function together(name: string, says: string, source: string, parts: readonly Behaviour[]): Behaviour {
  const expects = Object.assign({}, ...parts.map((part) => part.expects)) as NonNullable<Behaviour['expects']>
  return {
    name,
    says,
    source,
    expects,
    lacks: parts.flatMap(({ lacks }) => lacks ?? []),
    framing: Object.assign({}, ...parts.map(({ framing }) => framing)) as Framing,
    refuses: (body, n) =>
      parts.map(({ refuses }) => refuses?.(body, n)).find((refusal) => refusal !== undefined),
    sees: (body) => parts.reduce((seen, { sees }) => sees?.(seen) ?? seen, body),
    speaks: (answer, body) => parts.reduce((said, { speaks }) => speaks?.(said, body) ?? said, answer),
  }
}
