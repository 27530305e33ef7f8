import { createHash } from 'node:crypto'
import { type Refusal, sentence, tgi } from './refusals.ts'
import { isJson } from './wire.ts'

const DIMENSIONS = 16
/** As Text Embeddings Inference has it by default. */
const MAX_BATCH = 32

/** The vector of a text: the same for the same text, of length 1 on request. */
export function embed(text: string, isNormalized: boolean): readonly number[] {
  const bytes = createHash('sha512').update(text).digest()
  const vector = Array.from({ length: DIMENSIONS }, (_, i) => bytes.readInt16LE(2 * i) / 4096)
  const length = Math.hypot(...vector)
  return isNormalized ? vector.map((value) => value / length) : vector
}

/** `POST /hf-inference/models/{id}/pipeline/feature-extraction`: one text gives one vector, a list a list of them. */
export function extractFeatures(body: unknown): Refusal {
  const { inputs, normalize } = isJson(body) ? body : {}
  const isNormalized = normalize === true
  if (typeof inputs === 'string') return { status: 200, body: embed(inputs, isNormalized) }
  if (!Array.isArray(inputs) || !inputs.every((text) => typeof text === 'string'))
    return sentence(
      422,
      'Failed to deserialize the JSON body into the target type: inputs: data did not match any variant',
    )
  if (inputs.length > MAX_BATCH)
    return tgi(`batch size ${inputs.length} > maximum allowed batch size ${MAX_BATCH}`, 'Validation', 413)
  return { status: 200, body: inputs.map((text) => embed(text, isNormalized)) }
}
