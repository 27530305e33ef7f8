/** Rules after a model's id by which the router chooses a backend. https://huggingface.co/docs/inference-providers */
export type Policy = 'fastest' | 'cheapest' | 'preferred'

/** A model's name behind a router, in its parts: `org/model`, `org/model:groq`, `org/model:cheapest`. */
export interface ModelName {
  readonly id: string
  readonly backend?: string
  readonly policy?: Policy
}

/** The parts of a model's name. */
export function splitModel(name: string): ModelName {
  const at = name.lastIndexOf(':')
  if (at < 0) return { id: name }
  const id = name.slice(0, at)
  const word = name.slice(at + 1)
  return isPolicy(word) ? { id, policy: word } : { id, backend: word }
}

const isPolicy = (word: string): word is Policy =>
  word === 'fastest' || word === 'cheapest' || word === 'preferred'
