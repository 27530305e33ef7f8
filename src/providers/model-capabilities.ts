import type { ModelCapabilities } from '../capabilities/model-facts.ts'
import { huggingface } from './huggingface.ts'
import { type LineOptions, lineOf } from './line-of.ts'

/** Who is asked about a model. */
export type CapabilitiesOptions = Pick<LineOptions, 'apiKey' | 'baseUrl' | 'fetch'>

/**
 * All that is known of a model: by the router's catalogue, its chat template, the Hub, and what was learned from refusals, each value
 * with its source and age. Nothing is sent to the model. What cannot be had is absent, and `missing` says why.
 * @throws TypeError for an option of the wrong type or value
 * @example
 * const { system, backends } = await capabilities('google/gemma-2-2b-it')
 */
export async function capabilities(
  model: string,
  options: CapabilitiesOptions = {},
): Promise<ModelCapabilities> {
  if (typeof model !== 'string' || model.trim() === '')
    throw new TypeError(`model must be a non-empty string: it is ${JSON.stringify(model)}`)
  const line = lineOf(huggingface, options)
  return (await import('./merged-facts.ts')).mergedFacts(line, model)
}

/**
 * Forgets what was learned of a model, or of all models, here and on disk; gives of how many models and backends.
 * @throws TypeError for a model that is no text
 */
export async function forgetLearned(model?: string): Promise<number> {
  if (model !== undefined && typeof model !== 'string')
    throw new TypeError(`model must be a string: it is ${JSON.stringify(model)}`)
  return (await import('./knowledge-store.ts')).forget(model)
}
