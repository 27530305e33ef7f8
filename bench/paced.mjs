// A provider with limits: it refuses what comes too early, and fails a few of the others.
import { Account, answerTokens, numberOf, outcomes, tokensOf } from './limits.mjs'
import { answerOf } from './replies.mjs'

const isJson = { 'content-type': 'application/json' }

function send(response, status, headers, body) {
  response.writeHead(status, { ...isJson, ...headers, 'content-length': body.length })
  response.end(body)
}

const refusal = (message, type) => Buffer.from(JSON.stringify({ error: { message, type } }))

/** One account, asked by one client; an answer takes `delay` ms, and with `isTold` it tells what is left. */
export function pacedProvider(delay, isTold) {
  const seen = { answered: 0, refused: 0, broken: 0, dropped: 0, active: 0, most: 0 }
  const outcome = outcomes()
  let account

  const answer = (response, { messages }) => {
    const prompt = messages.at(-1).content
    const tokens = tokensOf(prompt)
    const now = performance.now()
    // It has rested until it is asked first.
    account ??= new Account(now)
    const wait = account.wait(tokens, now)
    if (wait > 0) {
      seen.refused++
      const headers = { ...(isTold && account.headers()), 'retry-after': String(Math.ceil(wait / 1000)) }
      return send(response, 429, headers, refusal('Rate limit reached for bench', 'rate_limit_error'))
    }
    account.take(tokens)
    const headers = isTold ? account.headers() : {}
    const becomes = outcome()
    seen.most = Math.max(seen.most, ++seen.active)
    setTimeout(() => {
      seen.active--
      seen[becomes]++
      if (becomes === 'dropped') return response.socket?.destroy()
      if (becomes === 'broken')
        return send(response, 500, headers, refusal('The server had an error', 'server_error'))
      const usage = { prompt_tokens: tokens - answerTokens, completion_tokens: answerTokens }
      send(response, 200, headers, answerOf(`answer ${numberOf(prompt)}`, usage))
    }, delay)
  }

  return { answer, seen }
}
