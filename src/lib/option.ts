/** A value in the words of an error. */
export const show = (value: unknown): string => JSON.stringify(value) ?? typeof value

/** The error for an option of the wrong type. */
export const unfit = (option: string, what: string, value: unknown): TypeError =>
  new TypeError(`${option} must be ${what}: it is ${show(value)}`)

/**
 * A text that an option must be.
 * @throws TypeError for anything else, and for an empty one
 */
export function text(value: unknown, option: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  throw unfit(option, 'a non-empty string', value)
}

/**
 * Looks whether an option that is given is one of some words.
 * @param orElse what else it may be, in words
 * @throws TypeError for another
 */
export function oneOf(option: string, value: unknown, words: readonly string[], orElse?: string): void {
  if (value === undefined || words.includes(value as string)) return
  const all = [...words.map((word) => `'${word}'`), ...(orElse ? [orElse] : [])]
  throw unfit(option, `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`, value)
}

/**
 * Looks whether an option that is given is a function.
 * @throws TypeError for anything else
 */
export function callable(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw unfit(option, 'a function', value)
}

/**
 * Looks whether an option counts something.
 * @throws RangeError for anything else
 */
export function count(option: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 0)
    throw new RangeError(`${option} must be a whole number, 0 or more: it is ${value}`)
}

/**
 * Looks whether an option is a time.
 * @throws RangeError for anything else
 */
export function milliseconds(option: string, value: unknown): void {
  if (!((value as number) >= 0))
    throw new RangeError(`${option} must be milliseconds, 0 or more: it is ${value}`)
}
