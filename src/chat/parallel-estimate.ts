import { warn } from '#platform'
import type { Forecast } from './parallel-forecast.ts'
import type { RunBudget } from './parallel-purse.ts'

/** What a run is expected to take, judged by the answers to a few of its prompts. */
export interface ParallelEstimate {
  /** How many prompts it is about; where their number is unknown, one. */
  readonly prompts: number
  /** Whether their number is known. */
  readonly isTotal: boolean
  /** How many answers it is judged by. */
  readonly sampled: number
  /** Tokens to be read and written. */
  readonly input: number
  readonly output: number
  /** In US dollars; undefined where a price is unknown. */
  readonly dollars: number | undefined
}

/** `true` reports an estimate before most prompts are asked; a function decides whether the run goes on. */
export type EstimateOption = boolean | ((estimate: ParallelEstimate) => boolean | Promise<boolean>)

/** How many prompts are asked to judge the others by. */
export const SAMPLE = 8

/** What so many prompts of so many tokens are expected to take; undefined before there is an answer to judge by. */
export function estimateOf(
  forecast: Forecast,
  estimated: number,
  prompts: number | undefined,
): ParallelEstimate | undefined {
  const sum = forecast.sum(estimated, prompts ?? 1)
  return sum && { ...sum, prompts: prompts ?? 1, isTotal: prompts !== undefined, sampled: forecast.seen }
}

/** An estimate in one line. */
export function estimateInWords({
  prompts,
  isTotal,
  sampled,
  input,
  output,
  dollars,
}: ParallelEstimate): string {
  const money = dollars === undefined ? 'the price is unknown' : `about $${dollars.toPrecision(2)}`
  const what = isTotal ? `${prompts} prompts` : 'each prompt'
  return `${what}: ${money}, ${input} tokens in, ${output} out (judged by ${sampled} answers)`
}

/** Whether a run goes on after its estimate. */
export async function goesOn(
  estimate: ParallelEstimate,
  option: EstimateOption | undefined,
  { dollars = Infinity, tokens = Infinity }: RunBudget = {},
): Promise<boolean> {
  if (typeof option === 'function') return option(estimate)
  warn(`estimate: ${estimateInWords(estimate)}`)
  return !((estimate.dollars ?? 0) > dollars) && !(estimate.input + estimate.output > tokens)
}
