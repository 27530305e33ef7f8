// The loopback server of the benchmark, a process of its own. Replies are prepared once, so a client waits
// for nothing but itself. The first part of the path names the reply: /stream-2000-many/v1/chat/completions.
import { createServer } from 'node:http'
import * as data from './data.mjs'
import { pacedProvider } from './paced.mjs'
import * as replies from './replies.mjs'

const { forecast, forecastTool, inputOf, savePeopleTool } = data
const { completionOf, eventsOf, smallReply, textOf, writings } = replies

const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }
// A forgotten server must not outlive the longest run by much.
const lifetime = 40 * 60_000

/** Frames writes as HTTP/1.1 chunks: a client's parser hands each on by itself, whatever the kernel joins. */
function framed(writes) {
  const end = Buffer.from('\r\n')
  return Buffer.concat(
    writes.flatMap((write) => [Buffer.from(`${write.length.toString(16)}\r\n`), write, end]),
  )
}

const prepared = new Map()

function once(key, make) {
  if (!prepared.has(key)) prepared.set(key, make())
  return prepared.get(key)
}

function parseMode(mode) {
  const [kind, deltas, writing, own] = mode.split('-')
  if (kind === 'stream') return { kind, deltas: Number(deltas), writing: writing ?? 'each' }
  // Of data the path says how many characters it has: /arguments-2000/v1, /structured-20000-paced/v1.
  if (kind === 'arguments' || kind === 'structured') return { kind, length: Number(deltas), writing }
  // An answer that takes so many ms: /late-50/v1.
  if (kind === 'late') return { kind, deltas: smallReply, wait: Number(deltas) }
  // A provider with limits, of which each client has one of its own: /paced-50-told-4711/v1.
  if (kind === 'paced' && own !== undefined)
    return { kind, provider: once(mode, () => pacedProvider(Number(deltas), writing === 'told')) }
  if (['turns', 'hold', 'tools'].includes(kind)) return { kind, deltas: smallReply, writing: 'each' }
  throw new Error(`no reply is called ${mode}`)
}

/** Refuses a request whose history is not whole: without this a client could look fast by sending less. */
function checkHistory(messages) {
  const turn = Number(/^turn (\d+):/.exec(messages.at(-1)?.content ?? '')?.[1])
  if (messages.length !== 2 * turn - 1) throw new Error(`turn ${turn} came with ${messages.length} messages`)
  if (turn > 1 && messages.at(-2).content !== textOf(smallReply))
    throw new Error(`turn ${turn} lost an answer`)
}

const idOf = (round) => `call_${round}_4a6c8b`

/** How many rounds the tool has run; refuses a history that lacks a call or the tool's own result. */
function roundsOf(messages) {
  const rounds = (messages.length - 1) / 2
  for (let round = 1; round <= rounds; round++) {
    const [call, result] = messages.slice(2 * round - 1)
    const { id, function: called } = call.tool_calls?.[0] ?? {}
    const input = JSON.stringify(JSON.parse(called?.arguments ?? 'null'))
    const isWhole =
      id === idOf(round) &&
      input === JSON.stringify(inputOf(round)) &&
      result?.role === 'tool' &&
      result.tool_call_id === id &&
      result.content === forecast(inputOf(round))
    if (!isWhole) throw new Error(`round ${round} is not as it was: ${JSON.stringify([call, result])}`)
  }
  return rounds
}

/** A client that does not say what it can do or wants would be spared the work of saying it. */
function checkOffer({ kind }, { tools, response_format: form }) {
  const wanted = { tools: forecastTool.name, arguments: savePeopleTool.name }[kind]
  if (tools?.[0]?.function.name !== wanted) throw new Error(`the tool ${wanted} was not offered`)
  if (kind !== 'structured' || form?.json_schema?.schema.properties.people !== undefined) return
  throw new Error('the form of the answer was not asked for')
}

function toolAnswer(messages) {
  const round = roundsOf(messages) + 1
  if (round > data.toolRounds) return completionOf(smallReply)
  return replies.callOf(idOf(round), forecastTool.name, inputOf(round))
}

/** The writes of data: always one event each, as servers send it. */
function dataWrites({ kind, length }) {
  return once(`${kind}-${length}`, () => {
    const isCall = kind === 'arguments'
    const pieces = data.fragmentsOf(length, isCall ? data.fragmentSize : data.deltaSize)
    const { callEventsOf, textEventsOf } = replies
    const events = isCall ? callEventsOf(savePeopleTool.name, pieces) : textEventsOf(pieces)
    return writings.each(events).map((write) => framed([write]))
  })
}

/** µs from one write to the next: enough for a client that is not behind to have read the one before. */
const gap = 200

/** Timers wait a millisecond at least, so this one looks at the clock. */
function sendPaced(response, writes) {
  let at = 0
  let due = performance.now()
  const step = () => {
    if (response.destroyed) return
    if (performance.now() >= due) {
      due = performance.now() + gap / 1000
      response.socket.write(writes[at++])
    }
    if (at < writes.length) setImmediate(step)
    else response.end()
  }
  step()
}

function streamBody(deltas, writing) {
  return once(`${deltas}-${writing}`, () => framed(writings[writing](eventsOf(deltas))))
}

const held = []

function sendStream(response, mode) {
  const { kind, deltas, writing } = mode
  response.writeHead(200, streamHeaders)
  if (kind === 'hold') {
    const events = once('hold', () => writings.each(eventsOf(deltas)))
    for (const write of events.slice(0, 5)) response.write(write)
    held.push(() => response.end(Buffer.concat(events.slice(5))))
    return
  }
  const isData = mode.length !== undefined
  const body = isData
    ? once(`${kind}-${mode.length}-body`, () => Buffer.concat(dataWrites(mode)))
    : streamBody(deltas, writing)
  // The framing is in the bytes already, so they go around `response.write` in one piece: 50,000 calls of it
  // would make the server the slower side.
  response.flushHeaders()
  if (writing === 'paced') return sendPaced(response, dataWrites(mode))
  response.socket.write(body)
  response.end()
}

function answer(request, response, body) {
  const mode = parseMode(request.url.split('/')[1])
  const asked = JSON.parse(body)
  const { messages, stream } = asked
  if (mode.kind === 'paced') return mode.provider.answer(response, asked)
  if (mode.kind === 'turns') checkHistory(messages)
  checkOffer(mode, asked)
  if (stream === true) return sendStream(response, mode)
  if (mode.length !== undefined) throw new Error('a stream was to be asked for')
  const bytes =
    mode.kind === 'tools'
      ? toolAnswer(messages)
      : once(`whole-${mode.deltas}`, () => completionOf(mode.deltas))
  const send = () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
    response.end(bytes)
  }
  if (mode.wait) setTimeout(send, mode.wait)
  else send()
}

const server = createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    if (request.url === '/release') {
      for (const finish of held.splice(0)) finish()
      return response.end()
    }
    if (request.url.endsWith('/seen'))
      return response.end(JSON.stringify(parseMode(request.url.split('/')[1]).provider.seen))
    try {
      answer(request, response, Buffer.concat(parts).toString())
    } catch (error) {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message: error.message, type: 'invalid_request_error' } }))
    }
  })
})
// Made before the first request: 50,000 events take longer to make than to read.
for (const deltas of [smallReply, 2000, 50_000]) {
  for (const writing of Object.keys(writings)) streamBody(deltas, writing)
}
for (const length of [20_000, 200_000]) dataWrites({ kind: 'structured', length })
// A socket closed between two rounds would be measured as the client's trouble.
server.keepAliveTimeout = 120_000
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => {
  process.send?.({ url: `http://127.0.0.1:${server.address().port}` })
})
process.on('disconnect', () => process.exit())
setTimeout(() => process.exit(), lifetime).unref()
