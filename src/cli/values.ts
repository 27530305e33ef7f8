import { InvalidArgumentError } from 'commander'

/** The longest time a timer can be set to, in seconds; a longer one would go off at once. */
const LONGEST = 2_147_483

/** An option that may be given several times. */
export const collect =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] = []): readonly T[] => [...before, read(text)]

/** Reads seconds as milliseconds. */
export function milliseconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && seconds >= 0 && seconds <= LONGEST) return seconds * 1000
  throw new InvalidArgumentError(`It must be seconds, from 0 to ${LONGEST}; 0 is no limit.`)
}

/** Reads the address of a server. */
export function httpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new InvalidArgumentError('It must be an http: or https: URL, such as http://127.0.0.1:8080/v1.')
}

/** Reads the number of a port. */
export function port(text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isInteger(number) && number >= 0 && number <= 65_535) return number
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}

/** Reads how many of something. */
export function count(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number, 1 or more.')
}

/** Reads an amount of money. */
export function dollars(text: string): number {
  const number = Number(text.replace(/^\$/, ''))
  if (/^\$?[\d.]/.test(text) && number >= 0 && Number.isFinite(number)) return number
  throw new InvalidArgumentError('It must be US dollars, such as 0.5.')
}
