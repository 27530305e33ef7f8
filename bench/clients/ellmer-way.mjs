// What ellmer's `parallel_chat()` does with many prompts, written by hand because R is not here: httr2's
// `req_perform_parallel()` with ten at once, and `req_throttle()`, a bucket that holds a minute's requests and
// is full at first. A 429 or 503 makes all wait for as long as it says, and is tried again without end; what
// else fails has failed. That is `on_error = "continue"`: ellmer's default asks nothing more after a failure.
// https://github.com/tidyverse/ellmer/blob/main/R/parallel-chat.R
// https://github.com/r-lib/httr2/blob/main/R/req-perform-parallel.R
import { setTimeout as sleep } from 'node:timers/promises'

/** Requests so many a minute, ten at once. */
export function ellmerWay(baseUrl, rpm) {
  const perMs = rpm / 60_000
  let left = rpm
  let at = performance.now()
  /** Until when nobody sends. */
  let until = 0

  const waitOf = (now) => {
    left = Math.min(rpm, left + (now - at) * perMs)
    at = now
    return Math.max(until - now, left >= 1 ? 0 : (1 - left) / perMs)
  }
  const takeTurn = async () => {
    for (let wait = waitOf(performance.now()); wait > 0; wait = waitOf(performance.now())) await sleep(wait)
    left--
  }

  async function ask(prompt) {
    const body = JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: prompt }] })
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' }
    for (let tries = 1; ; tries++) {
      await takeTurn()
      const response = await fetch(`${baseUrl}/chat/completions`, { method: 'POST', headers, body })
      if (response.ok) return (await response.json()).choices[0].message.content
      await response.text()
      if (response.status !== 429 && response.status !== 503) throw new Error(`HTTP ${response.status}`)
      const after = Number(response.headers.get('retry-after') ?? 1 + Math.random() * (2 ** tries - 1))
      until = performance.now() + Math.min(after, 60) * 1000
    }
  }

  return {
    async prompts(prompts, atOnce, onResult) {
      const queue = prompts.values()
      const work = async () => {
        for (const prompt of queue) {
          try {
            onResult(prompt, await ask(prompt), undefined)
          } catch (error) {
            onResult(prompt, undefined, error)
          }
        }
      }
      await Promise.all(Array.from({ length: atOnce ?? 10 }, work))
    },
  }
}

/** As it comes: 500 requests a minute. */
export const create = (baseUrl) => ellmerWay(baseUrl, 500)
