import fc from 'fast-check'
import type { Delta } from '../src/core/delta.ts'
import type { Reader } from '../src/dialects/dialect.ts'

/** A text or bytes in pieces, cut at any places. */
export function cutAt<T extends string | Uint8Array>(whole: T, places: readonly number[]): readonly T[] {
  const ends = [...places.map((place) => place % (whole.length + 1)).toSorted((a, b) => a - b), whole.length]
  return ends.map((end, i) => whole.slice(i === 0 ? 0 : ends[i - 1], end) as T)
}

/** Places for `cutAt`. */
export const cuts = fc.array(fc.nat(), { maxLength: 30 })

/** A chunk of a streamed chat completion. */
export const chunkOf = (delta: object, finish: string | null = null): string =>
  JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })

/** What a reader makes of chunks, up to the end of the answer. */
export function readAll(reader: Reader, chunks: readonly string[]): readonly Delta[] {
  const out: Delta[] = []
  for (const chunk of chunks) reader.read(chunk, out)
  reader.end(out)
  return out
}

/** The text in deltas. */
export const textIn = (deltas: readonly Delta[]): string =>
  deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join('')

/** The calls in deltas, each as `name arguments`, whole. */
export function callsIn(deltas: readonly Delta[]): readonly string[] {
  const calls = new Map<number, string>()
  for (const delta of deltas)
    if (delta.type === 'tool-call')
      calls.set(
        delta.index,
        `${calls.get(delta.index) ?? ''}${delta.name ? `${delta.name} ` : ''}${delta.arguments ?? ''}`,
      )
  return [...calls.values()]
}
