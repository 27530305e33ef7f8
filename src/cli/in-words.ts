import type { TokenPrices } from '../capabilities/token-prices.ts'

const UNITS = [
  ['day', 24 * 60 * 60_000],
  ['hour', 60 * 60_000],
  ['minute', 60_000],
] as const

/** How long ago something was. */
export function ago(date: Date, now = Date.now()): string {
  const age = now - date.getTime()
  const [unit, length] = UNITS.find(([, one]) => age >= one) ?? []
  if (unit === undefined || length === undefined) return 'just now'
  const number = Math.floor(age / length)
  return `${number} ${unit}${number === 1 ? '' : 's'} ago`
}

/** A number of tokens, short. */
export const tokens = (number: number | undefined): string =>
  number === undefined ? '?' : number < 1000 ? String(number) : `${Math.round(number / 1000)}k`

/** What a million tokens of input and of output cost. */
export function prices(price: TokenPrices | undefined): string {
  if (!price) return '?'
  const { input, output } = price
  return input === 0 && output === 0 ? 'free' : `${money(input)}/${money(output)}`
}

/** US dollars, with two decimals or as many as a small sum needs. */
export const money = (sum: number): string =>
  `$${sum === 0 || sum >= 0.1 ? sum.toFixed(2) : String(Number(sum.toPrecision(2)))}`

/** What is known of something that is or is not. */
export const flag = (value: boolean | undefined): string => (value === undefined ? '?' : value ? 'yes' : 'no')
