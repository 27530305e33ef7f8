// What is measured, and how one client process measures it. Times are CPU time of the client process (user
// and system, all its threads, so collecting garbage and compiling count) unless they say wall.
import { dataCases, dataPaces } from './data-cases.mjs'
import { parallelCases, parallelPaces } from './parallel-cases.mjs'
import { promptOf, smallReply, textOf } from './replies.mjs'
import { check, repeat, timed } from './timing.mjs'

/** One stream, read to its end and compared with what was sent: the same work for every client. */
async function streamOnce(client, expected) {
  let text = ''
  const length = await client.stream('hi', (delta) => (text += delta))
  check(text, expected, 'stream')
  if (length !== expected.length) throw new Error(`stream: ${length} characters were counted`)
}

function streams(deltas, writing, share) {
  return async ({ create, url, pace }) => {
    const client = create(`${url}/stream-${deltas}-${writing}/v1`)
    const expected = textOf(deltas)
    const warm = create(`${url}/stream-2000-${writing}/v1`)
    await repeat(2, () => streamOnce(warm, textOf(2000)))
    const times = Math.max(1, pace.streams * share)
    const { cpu, wall } = await timed(() => repeat(times, () => streamOnce(client, expected)))
    return { cpu: cpu / times / deltas, wall: wall / times / deltas }
  }
}

async function calls({ create, url, pace }) {
  const client = create(`${url}/stream-${smallReply}/v1`)
  const expected = textOf(smallReply)
  const once = async () => check(await client.call('hi'), expected, 'call')
  await repeat(pace.calls / 4, once)
  const { cpu, wall } = await timed(() => repeat(pace.calls, once))
  return { cpu: cpu / pace.calls, wall: wall / pace.calls }
}

async function talk(client, rounds, onTurn) {
  const expected = textOf(smallReply)
  const say = client.conversation()
  for (let turn = 1; turn <= rounds; turn++) {
    check(await say(promptOf(turn)), expected, `turn ${turn}`)
    onTurn?.(turn)
  }
}

async function conversation({ create, url, pace }) {
  const client = create(`${url}/turns/v1`)
  const times = pace.calls / 10
  await repeat(times / 4, () => talk(client, 10))
  const { cpu, wall } = await timed(() => repeat(times, () => talk(client, 10)))
  return { cpu: cpu / times / 1000, wall: wall / times / 1000 }
}

async function longChat({ create, url, pace }) {
  const client = create(`${url}/turns/v1`)
  const { turns, window } = pace
  const young = () => timed(() => repeat(2, () => talk(client, window)))
  await repeat(8, () => talk(client, window))
  // Young chats before and after the long one: code that is still getting faster then favours neither end.
  const before = await young()
  let mark
  let old
  await talk(client, turns, (turn) => {
    if (turn === turns - window) mark = process.cpuUsage()
    if (turn !== turns) return
    const { user, system } = process.cpuUsage(mark)
    old = user + system
  })
  const after = await young()
  const first = (before.cpu + after.cpu) / 4 / window
  const last = old / window
  return { first, last, growth: last / first }
}

async function manyChats({ create, url, pace }) {
  const client = create(`${url}/stream-${smallReply}/v1`)
  const expected = textOf(smallReply)
  const run = async (chats) => {
    let left = chats
    const worker = async () => {
      while (left-- > 0) await streamOnce(client, expected)
    }
    await Promise.all(Array.from({ length: 100 }, worker))
  }
  await run(pace.chats / 10)
  const { cpu, wall } = await timed(() => run(pace.chats))
  return { cpu: cpu / pace.chats / 1000, wall: wall / 1e6 }
}

/** Starts `count` streams that the server holds open until /release, waiting for each one's first text. */
async function openStreams(client, count) {
  const texts = Array(count).fill('')
  const done = []
  for (let at = 0; at < count; at++) {
    await new Promise((resolve, reject) => {
      const onText = (delta) => {
        texts[at] += delta
        resolve()
      }
      const stream = client.stream('hi', onText)
      stream.catch(reject)
      done.push(stream)
    })
  }
  return { texts, done }
}

async function memoryNow() {
  for (let times = 0; times < 4; times++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    globalThis.gc()
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss: rss / 1000, heap: (heapUsed + external) / 1000 }
}

async function memory({ create, url, pace }) {
  const client = create(`${url}/hold/v1`)
  const round = async (count) => {
    const before = await memoryNow()
    const { texts, done } = await openStreams(client, count)
    const during = await memoryNow()
    // With node:http: the measuring client may have no fetch loaded yet, and must not load it here.
    const { get } = await import('node:http')
    get(`${url}/release`, { agent: false }, (response) => response.resume())
    await Promise.all(done)
    for (const text of texts) check(text, textOf(smallReply), 'held stream')
    return { rss: (during.rss - before.rss) / count, heap: (during.heap - before.heap) / count }
  }
  await round(pace.open / 20)
  return round(pace.open)
}

/** Metrics in the order of their columns; `ratio` asks for a comparison with the floor of the same round. */
const perDelta = [
  { key: 'cpu', title: 'CPU per delta', unit: 'µs', ratio: true },
  { key: 'wall', title: 'wall per delta', unit: 'µs' },
]
const written = { each: 'one event per write', many: 'many events per write', split: 'cut at random' }

function streamCases(deltas, share, rounds) {
  return Object.entries(written).map(([writing, title]) => ({
    name: `stream-${deltas}-${writing}`,
    title: `${deltas.toLocaleString('en')} deltas, ${title}`,
    metrics: perDelta,
    rounds,
    // A quick run hears 50,000 deltas in one writing; the others take a third of its minute.
    quick: deltas === 2000 || writing === 'each',
    measure: streams(deltas, writing, share),
  }))
}

/** Every case that runs in a client process of its own, with its rounds in a full run. */
export const cases = [
  ...streamCases(2000, 1, 5),
  ...streamCases(50_000, 0.1, 3),
  {
    name: 'calls',
    title: 'Small replies, one after another',
    metrics: [
      { key: 'cpu', title: 'CPU per call', unit: 'µs', ratio: true },
      { key: 'wall', title: 'wall per call', unit: 'µs', ratio: true },
    ],
    rounds: 5,
    measure: calls,
  },
  {
    name: 'conversation',
    title: 'A conversation of 10 rounds',
    metrics: [
      { key: 'cpu', title: 'CPU', unit: 'ms', ratio: true },
      { key: 'wall', title: 'wall', unit: 'ms', ratio: true },
    ],
    rounds: 5,
    measure: conversation,
  },
  {
    name: 'chats',
    title: '2,000 streamed chats, 100 at a time',
    metrics: [
      { key: 'cpu', title: 'CPU per chat', unit: 'ms', ratio: true },
      { key: 'wall', title: 'wall, all of them', unit: 's', ratio: true },
    ],
    rounds: 3,
    measure: manyChats,
  },
  ...parallelCases,
  {
    name: 'turns',
    title: 'Turns 451–500 of one chat against turns 1–50',
    metrics: [
      { key: 'first', title: 'CPU per turn, 1–50', unit: 'µs', ratio: true },
      { key: 'last', title: 'CPU per turn, 451–500', unit: 'µs', ratio: true },
      { key: 'growth', title: 'growth', unit: '×', ratio: true, ratioTitle: '× floor’s own' },
    ],
    rounds: 3,
    measure: longChat,
  },
  {
    name: 'memory',
    title: '1,000 open streams',
    metrics: [
      { key: 'rss', title: 'RSS per stream', unit: 'kB', ratio: true },
      { key: 'heap', title: 'heap and buffers per stream', unit: 'kB', ratio: true },
    ],
    note: 'In a process whose space for young objects does not grow: what that takes, some 25 MB, is taken once, and would be put down to the streams that happen to be opened first.',
    flags: ['--expose-gc', '--max-semi-space-size=1'],
    rounds: 2,
    measure: memory,
  },
  ...dataCases,
  {
    name: 'cold',
    title: 'Import, then the first streamed answer, in a fresh process',
    script: 'cold.mjs',
    metrics: [
      { key: 'imported', title: 'wall, import', unit: 'ms' },
      { key: 'answered', title: 'wall, import and answer', unit: 'ms', ratio: true },
      { key: 'cpu', title: 'CPU, with Node’s own start', unit: 'ms', ratio: true },
      { key: 'rss', title: 'RSS at the end', unit: 'MB' },
    ],
    rounds: 5,
  },
]

/** How much each case does in one process. */
export const paces = {
  full: {
    streams: 10,
    calls: 200,
    chats: 2000,
    turns: 500,
    window: 50,
    open: 1000,
    ...dataPaces.full,
    ...parallelPaces.full,
  },
  quick: {
    streams: 2,
    calls: 80,
    chats: 300,
    turns: 150,
    window: 20,
    open: 200,
    ...dataPaces.quick,
    ...parallelPaces.quick,
  },
}
