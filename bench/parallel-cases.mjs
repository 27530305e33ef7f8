// The cases of many prompts: asked as fast as the client can, held back by a provider's limits, and for long.
import { setTimeout as sleep } from 'node:timers/promises'
import { idealOf, numberOf, promptsOf } from './limits.mjs'
import { smallReply, textOf } from './replies.mjs'
import { check, timed } from './timing.mjs'

/** Prompts by so many workers, for clients that have nothing of their own for it. */
const workersOver = (call) => (prompts, atOnce, onResult) => {
  const left = prompts.values()
  const work = async () => {
    for (const prompt of left) onResult(prompt, await call(prompt), undefined)
  }
  return Promise.all(Array.from({ length: atOnce }, work))
}

/** As many at once where the provider has no limits. */
const crowd = 100

/** Asks so many prompts that all have the same small answer. */
async function askSmall(client, count) {
  const ask = client.prompts ?? workersOver(client.call)
  const expected = textOf(smallReply)
  let answered = 0
  const onResult = (_prompt, text, error) => {
    if (error) throw error
    check(text, expected, 'prompt')
    answered++
  }
  await ask(
    Array.from({ length: count }, () => 'hi'),
    crowd,
    onResult,
  )
  if (answered !== count) throw new Error(`${answered} of ${count} prompts were answered`)
}

function inMs({ cpu, wall }, count) {
  return { cpu: cpu / count / 1000, wall: wall / 1e6 }
}

async function manyPrompts({ create, url, pace }) {
  const client = create(`${url}/stream-${smallReply}/v1`)
  await askSmall(client, pace.chats / 10)
  return inMs(await timed(() => askSmall(client, pace.chats)), pace.chats)
}

/** What is in use after everything unused has gone, in MB, each quarter of a second until `work` is done. */
async function heapDuring(work) {
  const sizes = []
  const sample = () => {
    globalThis.gc()
    const { heapUsed, external } = process.memoryUsage()
    sizes.push((heapUsed + external) / 1e6)
  }
  const timer = setInterval(sample, 250)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return sizes
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

async function longRun({ create, url, pace }) {
  const client = create(`${url}/late-50/v1`)
  await askSmall(client, pace.late / 10)
  // Twice: collecting garbage to weigh what is left would be counted as the client's work.
  const cost = await timed(() => askSmall(client, pace.late))
  const sizes = await heapDuring(() => askSmall(client, pace.late))
  const quarter = (at) =>
    mean(sizes.slice(Math.floor((sizes.length * at) / 4), Math.floor((sizes.length * (at + 1)) / 4)))
  return { ...inMs(cost, pace.late), heap: quarter(3), growth: quarter(3) / quarter(1) }
}

/** A client that is still at it after so many times the ideal time is stopped. */
const longest = 1.5

/** Prompts against limits, each answered after `delay` ms; `failed` are those that have no answer, or a wrong one. */
function paced(delay, telling) {
  return async ({ create, url }) => {
    const provider = `${url}/paced-${delay}-${telling}-${process.pid}`
    const client = create(`${provider}/v1`)
    const prompts = promptsOf(5000)
    const ideal = idealOf(prompts, delay)
    const seen = async () => (await fetch(`${provider}/seen`)).json()
    const answers = new Set()
    let failed = 0
    const onResult = (prompt, text) => {
      const isRight = text === `answer ${numberOf(prompt)}` && !answers.has(text)
      if (isRight) answers.add(text)
      else failed++
    }
    const start = performance.now()
    const limit = ideal * longest
    const half = sleep(limit / 2).then(seen)
    const end = await Promise.race([
      client.prompts(prompts, undefined, onResult).then(() => performance.now() - start),
      sleep(limit),
    ])
    const { answered, refused, most } = await seen()
    if (end !== undefined) {
      if (answers.size + failed !== prompts.length) throw new Error(`${answers.size} prompts were answered`)
      return { wall: end / 1000, ideal: end / ideal, answered: answers.size, failed, refused, most }
    }
    // Who keeps a fixed rate will go on with it; nobody waits for the end.
    const perMs = (answered - (await half).answered) / (limit / 2)
    const whole = limit + (prompts.length - answered) / perMs
    return { wall: whole / 1000, ideal: whole / ideal, answered, failed, refused, most }
  }
}

const pacedMetrics = [
  { key: 'wall', title: 'wall, all of them', unit: 's' },
  { key: 'ideal', title: '× ideal', unit: '×' },
  { key: 'answered', title: 'answered', unit: '' },
  { key: 'failed', title: 'failed', unit: '' },
  { key: 'refused', title: 'refused', unit: '' },
  { key: 'most', title: 'most at once', unit: '' },
]
const limits =
  'The provider takes 9,000 requests and 2,475,000 tokens a minute, in portions of two seconds; of what it lets in it ' +
  'fails 1 % with 500 and drops 0.2 %. The first half of the prompts runs short of requests, the second of tokens. The ' +
  'ideal is the time of a client that knows all this.'
const ways =
  'R is not here: “ellmer’s way” is `bench/clients/ellmer-way.mjs`, which does what `parallel_chat()` and httr2 are written ' +
  `to do with ten at once, and LangChain.js is told ten too. Who is not done after ${longest} times the ideal time is ` +
  'stopped, and its time is reckoned from its rate in the second half of that, and `failed` is what it had said by then. natter ' +
  'goes by itself, the others side by side, as they mostly wait.'

/** natter, of which something is asked, goes by itself, and the others side by side, each with a provider of its own. */
const pacedCase = { metrics: pacedMetrics, isTogether: true, rounds: 1, quick: false }

/**
 * In the form of the other cases; `clients` are those that take part where it is not everyone, `floor` the one they are
 * compared with where it is not the usual one.
 */
export const parallelCases = [
  {
    name: 'prompts',
    title: '2,000 prompts, 100 at a time, with all that a run of them does',
    metrics: [
      { key: 'cpu', title: 'CPU per prompt', unit: 'ms', ratio: true },
      { key: 'wall', title: 'wall, all of them', unit: 's', ratio: true },
    ],
    rounds: 3,
    measure: manyPrompts,
  },
  {
    name: 'parallel-memory',
    title: '10,000 prompts, each answered in 50 ms, 100 at a time',
    metrics: [
      { key: 'cpu', title: 'CPU per prompt', unit: 'ms', ratio: true, ratioTitle: '× fetch' },
      { key: 'wall', title: 'wall, all of them', unit: 's' },
      { key: 'heap', title: 'heap and buffers, last quarter', unit: 'MB' },
      { key: 'growth', title: '× the second quarter', unit: '×' },
    ],
    clients: ['floor-fetch', 'natter', 'openai', 'langchain'],
    floor: 'floor-fetch',
    flags: ['--expose-gc'],
    rounds: 3,
    measure: longRun,
  },
  {
    name: 'parallel-paced',
    title: '5,000 prompts to a provider with limits, which tells what is left and answers in 50 ms',
    clients: ['natter', 'langchain', 'ellmer-way', 'ellmer-way-told'],
    note: `${limits} ${ways}`,
    ...pacedCase,
    measure: paced(50, 'told'),
  },
  {
    name: 'parallel-paced-slow',
    title: '5,000 prompts to the same provider, which answers in 500 ms',
    clients: ['natter', 'langchain', 'ellmer-way-told'],
    ...pacedCase,
    measure: paced(500, 'told'),
  },
  {
    name: 'parallel-paced-untold',
    title: '5,000 prompts to the same provider, which says only when it was too early, and answers in 50 ms',
    clients: ['natter'],
    note: 'The others do not read what is left, so it would be the same for them.',
    ...pacedCase,
    measure: paced(50, 'untold'),
  },
]

/** How much these cases do in one process. */
export const parallelPaces = { full: { late: 10_000 }, quick: { late: 2000 } }
