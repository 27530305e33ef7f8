import { distance } from '../lib/edit-distance.ts'

/**
 * The standard parameters of a model, under one name whatever the server calls them. Absent means the server's default.
 * Any other member goes into the request body verbatim.
 */
export interface Params {
  /** Randomness, 0 or more; 0 is (nearly) deterministic. */
  readonly temperature?: number | undefined
  /** Nucleus sampling: the share of probability to choose from, 0 to 1. */
  readonly topP?: number | undefined
  /** Choose among the k likeliest tokens; 0 means all. */
  readonly topK?: number | undefined
  /** Penalty for tokens by how often they have come. */
  readonly frequencyPenalty?: number | undefined
  /** Penalty for tokens that have come at all. */
  readonly presencePenalty?: number | undefined
  /** For repeatable sampling, an integer. */
  readonly seed?: number | undefined
  /** The longest answer, in tokens, 1 or more. */
  readonly maxTokens?: number | undefined
  /** Ask for log-probabilities. */
  readonly logProbs?: boolean | undefined
  /** Texts that end the answer. */
  readonly stopSequences?: readonly string[] | undefined
  /** How hard to think, such as `low`, `medium`, `high`; the words are the model's. */
  readonly reasoningEffort?: string | undefined
  /** How many tokens to think for at most. */
  readonly reasoningTokens?: number | undefined
  readonly [extra: string]: unknown
}

/** The name of a standard parameter. */
export type StandardParam = keyof typeof CHECKS

type Check = (value: unknown) => string | undefined

const number =
  (min: number, max = Infinity): Check =>
  (value) =>
    typeof value !== 'number' || Number.isNaN(value)
      ? 'must be a number'
      : !Number.isFinite(value) || value < min || value > max
        ? max === Infinity
          ? `must be ${min} or more`
          : `must be from ${min} to ${max}`
        : undefined
const integer =
  (min: number): Check =>
  (value) =>
    typeof value !== 'number'
      ? 'must be a whole number'
      : !Number.isInteger(value) || value < min
        ? min === -Infinity
          ? 'must be a whole number'
          : `must be a whole number, ${min} or more`
        : undefined
const finite: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? undefined : 'must be a number'
const text: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a non-empty string'
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false')
const texts: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
    ? undefined
    : 'must be an array of non-empty strings'

const CHECKS = {
  temperature: number(0),
  topP: number(0, 1),
  topK: integer(0),
  frequencyPenalty: finite,
  presencePenalty: finite,
  seed: integer(-Infinity),
  maxTokens: integer(1),
  logProbs: flag,
  stopSequences: texts,
  reasoningEffort: text,
  reasoningTokens: integer(0),
}

/** The parameters that are no numbers. */
const WORDS: ReadonlySet<string> = new Set(['logProbs', 'stopSequences', 'reasoningEffort'])

/** All standard parameters. */
export const STANDARD_PARAMS = Object.keys(CHECKS) as readonly StandardParam[]

/** Whether a name is a standard parameter's. */
export const isStandardParam = (name: string): name is StandardParam => Object.hasOwn(CHECKS, name)

/**
 * Checks parameters and leaves out the undefined ones.
 * @throws TypeError for a value of the wrong type or a misspelt name, RangeError for one out of range; both name the parameter.
 * @example
 * const chat = chatHuggingFace({ params: params({ temperature: 0.2, maxTokens: 200 }) })
 */
export function params(values: Params): Params {
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new TypeError(`params must be an object: got ${JSON.stringify(values)}`)
  const checked: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue
    if (isStandardParam(name)) {
      const problem = CHECKS[name](value)
      if (problem) {
        const Problem =
          typeof value === 'number' && !Number.isNaN(value) && !WORDS.has(name) ? RangeError : TypeError
        throw new Problem(`params.${name} ${problem}: it is ${show(value)}`)
      }
    } else {
      const meant = STANDARD_PARAMS.find((known) => isNear(name, known))
      if (meant) throw new TypeError(`params.${name} is unknown: did you mean ${meant}?`)
    }
    checked[name] = value
  }
  return checked
}

const show = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value)

/** Whether a name is a likely slip for a known one: other case, or one or two letters off. A name with `_` is a wire name. */
function isNear(name: string, known: string): boolean {
  if (name.includes('_')) return false
  if (name.toLowerCase() === known.toLowerCase()) return true
  return known.length > 5 && distance(name, known) <= 2
}
