// The limits of a provider, the prompts that meet them, and how long those take at least. The server refuses by
// this arithmetic, and the client's process counts the ideal time with it.
import { random } from './replies.mjs'

/**
 * Requests and tokens, a second and at most saved up: 9,000 and 2,475,000 a minute, given out in portions of two
 * seconds, because providers enforce a minute's limit over shorter times.
 * https://platform.openai.com/docs/guides/rate-limits
 */
const rates = { requests: { perSecond: 150, most: 300 }, tokens: { perSecond: 41_250, most: 82_500 } }

/** Tokens that an answer has. */
export const answerTokens = 30

const kinds = Object.keys(rates)
const amounts = (tokens) => ({ requests: 1, tokens })

/** What is left of both at a time, which is in ms and never goes back. */
export class Account {
  #left
  #at

  constructor(now) {
    this.#at = now
    this.#left = Object.fromEntries(kinds.map((kind) => [kind, rates[kind].most]))
  }

  #advance(now) {
    for (const kind of kinds) {
      const { perSecond, most } = rates[kind]
      this.#left[kind] = Math.min(most, this.#left[kind] + ((now - this.#at) * perSecond) / 1000)
    }
    this.#at = now
  }

  /** ms until a request of so many tokens may come, 0 for now. */
  wait(tokens, now) {
    this.#advance(now)
    const asked = amounts(tokens)
    return Math.max(
      0,
      ...kinds.map((kind) => ((asked[kind] - this.#left[kind]) * 1000) / rates[kind].perSecond),
    )
  }

  take(tokens) {
    const asked = amounts(tokens)
    for (const kind of kinds) this.#left[kind] -= asked[kind]
  }

  /** What is left, in OpenAI's headers. */
  headers() {
    const lines = kinds.flatMap((kind) => {
      const { perSecond, most } = rates[kind]
      const left = Math.max(0, this.#left[kind])
      return [
        [`x-ratelimit-limit-${kind}`, String(most)],
        [`x-ratelimit-remaining-${kind}`, String(Math.floor(left))],
        [`x-ratelimit-reset-${kind}`, `${Math.ceil(((most - left) * 1000) / perSecond)}ms`],
      ]
    })
    return Object.fromEntries(lines)
  }
}

/** What becomes of the requests that are let in, one after another: one in 100 fails, two in 1,000 are cut off. */
export function outcomes() {
  const next = random(7)
  return () => {
    const chance = next()
    return chance < 0.002 ? 'dropped' : chance < 0.012 ? 'broken' : 'answered'
  }
}

/** Tokens as the server counts them before it answers: about four characters each, and those of the answer. */
export function tokensOf(prompt) {
  return Math.ceil(prompt.length / 4) + answerTokens
}

/** Prompts of 300 to 500 characters, so that requests run short, and then of 1,000 to 1,400: tokens do. */
export function promptsOf(count) {
  const next = random(count)
  return Array.from({ length: count }, (_, at) => {
    const length = at < count / 2 ? 300 + next() * 200 : 1000 + next() * 400
    return `prompt ${at}: `.padEnd(length, 'what does the sample say of the mean? ')
  })
}

/** The number of a prompt, by which its answer is known. */
export function numberOf(prompt) {
  return /^prompt (\d+):/.exec(prompt)[1]
}

/** ms that these prompts take a client that knows both limits, and asks again what has failed; an answer takes `delay`. */
export function idealOf(prompts, delay) {
  const account = new Account(0)
  const outcome = outcomes()
  const asked = prompts.map((prompt) => ({ tokens: tokensOf(prompt), from: 0 }))
  let now = 0
  let end = 0
  // What has failed joins the others at their end.
  for (const { tokens, from } of asked) {
    now = Math.max(now, from)
    now += account.wait(tokens, now)
    account.wait(tokens, now)
    account.take(tokens)
    end = Math.max(end, now + delay)
    if (outcome() !== 'answered') asked.push({ tokens, from: now + delay })
  }
  return end
}
