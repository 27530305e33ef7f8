import type { Opaque } from '../core/content.ts'
import { isObject } from '../lib/merge.ts'

/** The name of the dialect, by which its opaque state is known again. */
export const GEMINI = 'gemini'

/** What Google wants back with a part. */
interface Mark {
  /** The encrypted state of the model's reasoning. https://ai.google.dev/gemini-api/docs/thought-signatures */
  readonly thoughtSignature?: string
  /** The id of a call, where the server gave one. */
  readonly id?: string
  /** The whole part, of what the server ran itself. */
  readonly part?: Readonly<Record<string, unknown>>
}

/** State to be kept with a content. */
export const marked = (mark: Mark): Opaque => ({ dialect: GEMINI, value: mark })

/** What of a part must come back with it; undefined where there is nothing. */
export function markOf(part: Readonly<Record<string, unknown>>): Opaque | undefined {
  const { thoughtSignature } = part
  return typeof thoughtSignature === 'string' && thoughtSignature !== ''
    ? marked({ thoughtSignature })
    : undefined
}

/** The state that this dialect kept with a content; undefined for another dialect's. */
export function readMark(opaque: Opaque | undefined): Mark | undefined {
  return opaque?.dialect === GEMINI && isObject(opaque.value) ? (opaque.value as Mark) : undefined
}

/** The member that gives a signature back. */
export const signed = (opaque: Opaque | undefined): { readonly thoughtSignature?: string } => {
  const signature = readMark(opaque)?.thoughtSignature
  return typeof signature === 'string' ? { thoughtSignature: signature } : {}
}
