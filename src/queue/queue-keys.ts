/** What all keys of natter in a Redis begin with. */
export const PREFIX = 'natter'

/** The keys of one queue that are natter's own, beside those of BullMQ: no job has such an id. */
export interface QueueKeys {
  /** What the prompts are asked with, and how many there are. */
  readonly job: string
  /** A bit for each prompt that has its answer. */
  readonly answered: string
  /** A bit for each prompt that has failed. */
  readonly refused: string
  /** The results, as a stream. */
  readonly results: string
}

/**
 * The keys of a queue.
 * @throws TypeError for a name that could not be one
 */
export function keysOf(name: string): QueueKeys {
  if (typeof name !== 'string' || !/^[\w.-]{1,200}$/.test(name))
    throw new TypeError(
      `name must be a word of letters, digits, dots and dashes: it is ${JSON.stringify(name)}`,
    )
  const key = (end: string): string => `${PREFIX}:${name}:natter-${end}`
  return { job: key('job'), answered: key('answered'), refused: key('refused'), results: key('results') }
}

/** The id that BullMQ knows a prompt by: it takes no bare numbers. */
export const idOf = (index: number): string => `p${index}`

/** The place of the prompt that BullMQ knows by this id. */
export const indexOf = (id: string | undefined): number => Number(id?.slice(1))
