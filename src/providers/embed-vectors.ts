import { fromBase64 } from '../lib/base64.ts'
import { isObject } from '../lib/merge.ts'

/** How the vectors of a text's tokens become one: their mean, or the first. */
export type Pooling = 'mean' | 'cls'

/** No embedding is as large; base64 of another number format is, where it is read as floats. */
const LARGEST = 1e6

/** A reply that is no list of embeddings; the message says what it is instead. */
export class UnfitReply extends Error {
  override readonly name = 'UnfitReply'
}

/**
 * The vectors of a reply to `count` texts, in the order of the texts, whatever its shape: rows, `{embeddings}`, OpenAI's
 * `{data: [{index, embedding}]}` with numbers or base64, llama-server's `[{index, embedding}]`.
 * @throws UnfitReply
 */
export function readVectors(body: unknown, count: number, pooling?: Pooling): Float32Array[] {
  const rows = rowsOf(body, count)
  if (rows.length !== count) throw new UnfitReply(`${rows.length} embeddings for ${count} texts`)
  return rows.map((row) => vectorOf(row, pooling))
}

/** A vector of length 1 in the same direction; one of zeros stays as it is. */
export function normalized(vector: Float32Array): Float32Array {
  let sum = 0
  for (const value of vector) sum += value * value
  const length = Math.sqrt(sum)
  return length === 0 ? vector : vector.map((value) => value / length)
}

function rowsOf(body: unknown, count: number): readonly unknown[] {
  const list = isObject(body) ? (body.data ?? body.embeddings) : body
  if (!Array.isArray(list)) throw new UnfitReply('no list of embeddings')
  if (list.some(isObject)) return inOrder(list)
  // One text may come without the list around it: as a vector, or as the vectors of its tokens.
  const isBare = count === 1 && (list.every(isNumber) || (list.length !== 1 && list.every(isFlat)))
  return isBare ? [list] : list
}

/** The embeddings of items that may say their place. */
function inOrder(items: readonly unknown[]): readonly unknown[] {
  const rows: unknown[] = Array.from({ length: items.length })
  const isPlaced = items.some((item) => isObject(item) && typeof item.index === 'number')
  for (const [at, item] of items.entries()) {
    const { index, embedding } = isObject(item) ? item : {}
    const place = isPlaced ? index : at
    if (typeof place !== 'number' || !(place in rows) || rows[place] !== undefined || embedding === undefined)
      throw new UnfitReply('embeddings whose places are not those of the texts')
    rows[place] = embedding
  }
  return rows
}

function vectorOf(row: unknown, pooling: Pooling | undefined): Float32Array {
  if (typeof row === 'string') return fromFloats(row)
  if (!Array.isArray(row) || row.length === 0) throw new UnfitReply('an embedding without numbers')
  if (!row.some(Array.isArray)) return numbers(row)
  if (row.length === 1) return vectorOf(row[0], pooling)
  if (pooling === undefined)
    throw new UnfitReply(
      `a vector for each of ${row.length} tokens instead of one for the text: pass pooling, 'mean' for most models and ` +
        `'cls' for those that say so, or choose a model for sentence similarity`,
    )
  return pooled(
    (pooling === 'cls' ? row.slice(0, 1) : row).map((token) => {
      if (!isFlat(token)) throw new UnfitReply('embeddings nested deeper than tokens')
      return numbers(token)
    }),
  )
}

function pooled([first, ...others]: readonly Float32Array[]): Float32Array {
  if (!first) throw new UnfitReply('an embedding without numbers')
  const sum = Float64Array.from(first)
  for (const other of others) {
    if (other.length !== sum.length) throw new UnfitReply('token vectors of different lengths')
    for (const [at, value] of other.entries()) sum[at] = (sum[at] ?? 0) + value
  }
  return Float32Array.from(sum, (value) => value / (others.length + 1))
}

function numbers(row: readonly unknown[]): Float32Array {
  if (row.length === 0) throw new UnfitReply('an embedding without numbers')
  const vector = new Float32Array(row.length)
  for (let at = 0; at < row.length; at++) {
    const value = row[at]
    // A server writes NaN as null, and null would become 0.
    if (typeof value !== 'number') throw new UnfitReply(`an embedding that holds ${JSON.stringify(value)}`)
    vector[at] = value
  }
  return checked(vector)
}

/** Little-endian floats of 32 bits, as OpenAI's `encoding_format: base64` has them. */
function fromFloats(text: string): Float32Array {
  const bytes = bytesOf(text)
  if (bytes.length === 0 || bytes.length % 4 !== 0)
    throw new UnfitReply(`text where numbers should be: ${text.slice(0, 40)}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return checked(Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true)))
}

function bytesOf(text: string): Uint8Array {
  try {
    return fromBase64(text)
  } catch {
    return new Uint8Array()
  }
}

function checked(vector: Float32Array): Float32Array {
  if (vector.every((value) => Math.abs(value) < LARGEST)) return vector
  throw new UnfitReply(
    'an embedding with numbers beyond all measure: it is in another number format, or damaged',
  )
}

const isNumber = (value: unknown): boolean => typeof value === 'number'
const isFlat = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && !value.some(Array.isArray)
