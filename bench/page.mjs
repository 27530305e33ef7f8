// The page of `natter web` in Chromium: until it is there, and while an answer comes in. Alone: node bench/page.mjs, in JSON.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tableFrom } from './report.mjs'

const NOTE =
  'Chromium without a screen. Until the last of the turns is painted, from the start of the navigation, the best of five; then one answer of five seconds while a person types, a key by the time to the frame that shows it.'

const root = join(import.meta.dirname, '..')
const TURNS = 200
const TOKENS_A_SECOND = 200
const SECONDS = 5
const PARAGRAPH =
  'The quick brown fox jumps over **the lazy dog**, and `code` stands beside [a link](https://example.com).\n\n'
const ANSWER = `${PARAGRAPH.repeat(3)}- one\n- two\n\n\`\`\`js\nconst a = [1, 2, 3].map((n) => n * 2)\n\`\`\`\n\n`

/** Numbers in milliseconds; undefined where there is no Chromium. */
export async function measurePage() {
  const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
    .map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim())
    .find(Boolean)
  if (executablePath === undefined) return undefined
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    return { ...(await firstPaint(browser)), ...(await stream(browser)) }
  } finally {
    await browser.close()
  }
}

async function open(browser, replies) {
  const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href)
  const [{ chatOpenAICompatible }, { liveBrowser }, { fakeModel }] = await Promise.all(
    ['index.js', 'web/index.js', 'testing/index.js'].map(load),
  )
  const connection = {
    baseUrl: 'http://fake.test/v1',
    model: 'fake',
    apiKey: 'none',
    fetch: fakeModel(replies),
  }
  const live = await liveBrowser(chatOpenAICompatible(connection), { open: false, history: false })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(live.url)
  await page.waitForURL(`${new URL(live.url).origin}/`)
  await page.locator('#question').waitFor()
  return { page, live }
}

/** From the start of the navigation until the end of a long conversation is painted: the best of five. */
async function firstPaint(browser) {
  const { page, live } = await open(browser, Array(TURNS / 2).fill(ANSWER))
  await page.evaluate(async (count) => {
    const post = async (path, body) => {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      return response.json()
    }
    const { id } = await post('sessions', {})
    let parent
    for (let index = 0; index < count; index++) {
      const { run } = await post(`sessions/${id}/runs`, {
        text: `Question ${index}?`,
        ...(parent && { parent }),
      })
      const told = await (await fetch(`api/runs/${run}/events`)).text()
      parent = /"type":"end","head":"(\w+)"/.exec(told)?.[1]
    }
    location.hash = id
  }, TURNS / 2)
  await page.addInitScript((count) => {
    const isThere = () => document.querySelectorAll('.foot').length === count
    new MutationObserver((_, observer) => {
      if (!isThere()) return
      observer.disconnect()
      // The second frame begins when the first was painted.
      requestAnimationFrame(() => requestAnimationFrame(() => (globalThis.paintedAt = performance.now())))
    }).observe(document, { childList: true, subtree: true })
  }, TURNS / 2)
  const times = []
  for (let round = 0; round < 5; round++) {
    await page.reload()
    await page.waitForFunction(() => globalThis.paintedAt !== undefined)
    times.push(await page.evaluate(() => globalThis.paintedAt))
  }
  await page.close()
  await live.close()
  return { firstPaint: Math.min(...times) }
}

/** The longest task and the slowest key while an answer comes in and a person types. */
async function stream(browser) {
  const words = ANSWER.repeat(30).match(/\S+\s*/g)
  const chunks = words.slice(0, TOKENS_A_SECOND * SECONDS)
  const { page, live } = await open(browser, ['Warm.', { chunks, pause: 1000 / TOKENS_A_SECOND }])
  const send = async (text) => {
    await page.locator('#question').fill(text)
    await page.keyboard.press('Enter')
  }
  await send('Warm up')
  await page.locator('.foot').waitFor()
  await page.evaluate(() => {
    const seen = { longTasks: 0, longestTask: 0, slowestKey: 0, frames: 0 }
    globalThis.seen = seen
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        seen.longTasks++
        seen.longestTask = Math.max(seen.longestTask, duration)
      }
    }).observe({ type: 'longtask' })
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) {
        if (name === 'keydown' || name === 'input') seen.slowestKey = Math.max(seen.slowestKey, duration)
      }
    }).observe({ type: 'event', durationThreshold: 16 })
    const count = () => {
      seen.frames++
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  })
  const started = performance.now()
  await send('Go')
  while (performance.now() - started < SECONDS * 1000) await page.keyboard.type('typing ', { delay: 60 })
  const { frames, ...seen } = await page.evaluate(() => globalThis.seen)
  const framesASecond = (frames / (performance.now() - started)) * 1000
  await page.close()
  await live.close()
  return { ...seen, framesASecond }
}

/** The case `page`, which is of natter alone: it makes its table itself. */
export const page = {
  name: 'page',
  title: 'The page in a browser',
  quick: false,
  async table() {
    const head = `## ${this.title} (\`${this.name}\`)\n\n`
    const numbers = await measurePage()
    if (!numbers) return `${head}Not measured: chromium is not installed here.\n`
    const { firstPaint: paint, longTasks, longestTask, slowestKey, framesASecond } = numbers
    const rows = [
      ['', 'measured', 'asked'],
      [`first paint of ${TURNS} turns`, `${Math.round(paint)} ms`, 'under 300 ms'],
      [`tasks over 50 ms at ${TOKENS_A_SECOND} tokens/s`, String(longTasks), 'none'],
      ['the longest of them', longTasks === 0 ? '\u2013' : `${Math.round(longestTask)} ms`, ''],
      ['slowest key meanwhile', slowestKey === 0 ? 'under 16 ms' : `${Math.round(slowestKey)} ms`, ''],
      ['frames a second meanwhile', String(Math.round(framesASecond)), ''],
    ]
    return `${head}${tableFrom(rows)}\n\n${NOTE}\n`
  },
}

if (process.argv[1] === import.meta.filename) {
  if (!existsSync(join(root, 'dist/web/page/index.html')))
    throw new Error('the page is not built: npm run build')
  console.log(JSON.stringify(await measurePage()))
}
