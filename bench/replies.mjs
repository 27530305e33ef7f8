// What the server says and what every client must have heard. Both sides make it from the same seed, so a
// client that loses, doubles or reorders a delta is caught without sending the answer twice.

const words =
  'the a statistician walks into bar and orders mean drink with no variance said sample that is on average ' +
  'quite normal but tail was heavy as lead'
export const vocabulary = words.split(' ')

/** A small seeded generator (mulberry32): the same text in the server, the client and the next run. */
export function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const deltaLists = new Map()

/** The deltas of a reply, a few characters each; one in 200 is not ASCII, as in real answers. */
export function deltasOf(count) {
  let deltas = deltaLists.get(count)
  if (deltas === undefined) {
    const next = random(count)
    deltas = Array.from({ length: count }, () => {
      if (next() < 0.005) return ' — “naïve”'
      return ` ${vocabulary[Math.floor(next() * vocabulary.length)]}`
    })
    deltaLists.set(count, deltas)
  }
  return deltas
}

/** The whole text of a reply of `count` deltas. */
export function textOf(count) {
  return deltasOf(count).join('')
}

const stem = {
  id: 'chatcmpl-9f1c2b7d4e6a4c8b',
  created: 1763900000,
  model: 'bench',
  system_fingerprint: 'fp_44709d6f',
}

function usageOf(count) {
  return { prompt_tokens: 12, completion_tokens: count, total_tokens: count + 12 }
}

function event(choices, usage = null) {
  const { id, created, model, system_fingerprint } = stem
  const chunk = { id, object: 'chat.completion.chunk', created, model, system_fingerprint, choices, usage }
  return `data: ${JSON.stringify(chunk)}\n\n`
}

function choice(delta, finish_reason = null) {
  return [{ index: 0, delta, logprobs: null, finish_reason }]
}

/** The server-sent events of a streamed reply, as strings: role, deltas, finish, usage, `[DONE]`. */
function streamOf(deltas, reason) {
  return [
    event(choice({ role: 'assistant', content: '' })),
    ...deltas.map((delta) => event(choice(delta))),
    event(choice({}, reason)),
    event([], usageOf(deltas.length)),
    'data: [DONE]\n\n',
  ]
}

/** An answer whose text comes in these pieces. */
export function textEventsOf(pieces) {
  const deltas = pieces.map((content) => ({ content }))
  return streamOf(deltas, 'stop')
}

/** A reply of `count` deltas. */
export function eventsOf(count) {
  return textEventsOf(deltasOf(count))
}

/** One tool call whose arguments come in pieces, after a first one that says which tool. */
export function callEventsOf(name, fragments) {
  const call = { index: 0, id: 'call_9f1c2b7d', type: 'function', function: { name, arguments: '' } }
  const pieces = fragments.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] }))
  return streamOf([{ tool_calls: [call] }, ...pieces], 'tool_calls')
}

function completion(message, finish_reason, usage) {
  const choices = [{ index: 0, message, logprobs: null, finish_reason }]
  return Buffer.from(JSON.stringify({ ...stem, object: 'chat.completion', choices, usage }))
}

/** The body of an answer in one piece. */
export function answerOf(content, usage) {
  return completion({ role: 'assistant', content, refusal: null }, 'stop', usage)
}

/** The body of a reply in one piece. */
export function completionOf(count) {
  return answerOf(textOf(count), usageOf(count))
}

/** The body of an answer that asks for a tool. */
export function callOf(id, name, input) {
  const call = { id, type: 'function', function: { name, arguments: JSON.stringify(input) } }
  const message = { role: 'assistant', content: null, refusal: null, tool_calls: [call] }
  return completion(message, 'tool_calls', usageOf(20))
}

/** How the events are laid into writes; `many` is about what a fast server's kernel hands over at once. */
export const writings = {
  each: (events) => events.map((one) => Buffer.from(one)),
  many: (events) => {
    const writes = []
    let pending = ''
    for (const one of events) {
      pending += one
      if (pending.length < 16384) continue
      writes.push(Buffer.from(pending))
      pending = ''
    }
    if (pending !== '') writes.push(Buffer.from(pending))
    return writes
  },
  // About as many writes as events, cut anywhere: inside an event, a line, a character.
  split: (events) => {
    const bytes = Buffer.from(events.join(''))
    const mean = bytes.length / events.length
    const next = random(events.length)
    const writes = []
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + Math.floor(next() * 2 * mean)
      writes.push(bytes.subarray(at, end))
      at = end
    }
    return writes
  },
}

/** How many deltas a small reply has. */
export const smallReply = 30

const filler =
  'Tell me one more joke about statisticians, please, and say in a few words why it is funny to them.'

/** The prompt of a turn; by its number the server checks the history it was sent. */
export function promptOf(turn) {
  return `turn ${turn}: ${filler}`
}
