// Pictures of the page in eight states, to be looked at: node scripts/screenshots.mjs [folder [state…]]. Needs chromium.
// Those of the README: node scripts/screenshots.mjs docs/pictures light tool-approval
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { ensureDist } from './fresh-dist.mjs'

const [folder = 'artifacts', ...states] = process.argv.slice(2)
const SIZE = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

const ANSWER = `A **hash map** finds a value by its key in constant time, whatever the number of entries. It computes an index from the key,
and looks there.

## In three steps

1. Hash the key to a number: \`hash("ada") = 97_423\`
2. Take it modulo the number of buckets
3. Look through the few entries of that bucket

\`\`\`ts
function get<K, V>(map: HashMap<K, V>, key: K): V | undefined {
  const bucket = map.buckets[hash(key) % map.buckets.length]
  // A bucket is short as long as the hash spreads well.
  return bucket?.find((entry) => entry.key === key)?.value
}
\`\`\`

| Operation | Average | Worst |
|---|---:|---:|
| Look up | $O(1)$ | $O(n)$ |
| Insert | $O(1)$ | $O(n)$ |

The load factor tells when to grow: $$\\alpha = \\frac{n}{m} \\le 0.75$$

> With a good hash the worst case is a matter of bad luck, not of bad data.
`
const FIGURES = { usage: { input: 1843, output: 312, reasoning: 96 } }

const { fakeModel } = await load('testing/index.js')
const { chatOpenAICompatible, t, tool } = await load('index.js')
const { liveBrowser } = await load('web/index.js')
const removeFiles = tool({
  name: 'delete_files',
  description: 'Deletes files of the project',
  input: t.object({ paths: t.array(t.string()) }),
  needsApproval: true,
  run: ({ paths }) => `deleted ${paths.length} files`,
})
const readFolder = tool({
  name: 'read_folder',
  description: 'Lists the files of a folder',
  input: t.object({ path: t.string() }),
  run: () => 'build.log  tmp-1.txt  tmp-2.txt',
})

const chosen = spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim()
const browser = await chromium.launch({ ...(chosen && { executablePath: chosen }), args: ['--no-sandbox'] })
mkdirSync(folder, { recursive: true })
const explained = { text: ANSWER, thinking: 'They want the idea first, then an example.', ...FIGURES }

await picture('light', [explained], (page) => ask(page, 'How does a hash map work?'))
await picture('dark', [explained], (page) => ask(page, 'How does a hash map work?'), { colorScheme: 'dark' })
await picture('phone', [explained], (page) => ask(page, 'How does a hash map work?'), {
  viewport: PHONE,
  deviceScaleFactor: 2,
  hasTouch: true,
})
await picture(
  'tool-approval',
  [
    { text: 'I look at what is there.', toolCalls: [{ name: 'read_folder', arguments: { path: 'build' } }] },
    {
      text: 'These can go:',
      toolCalls: [{ name: 'delete_files', arguments: { paths: ['tmp-1.txt', 'tmp-2.txt'] } }],
    },
  ],
  async (page) => {
    await send(page, 'Clean up the build folder')
    await page.getByText('Waits for you', { exact: true }).waitFor()
  },
)
await picture(
  'error',
  [{ status: 402, message: 'You have used all your credits for this month' }],
  async (page) => {
    await send(page, 'Write a long story')
    await page.getByRole('alert').waitFor()
  },
)
await picture('attachment', ['A bar chart of sales, with a note.'], async (page) => {
  const image = await page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 200 } })
  const files = [
    { name: 'sales-2026.png', mimeType: 'image/png', buffer: image },
    {
      name: 'notes on the quarter.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Sales rose.\n'.repeat(200)),
    },
  ]
  const add = page.getByLabel('Files', { exact: true })
  await add.setInputFiles(files)
  await page.locator('.attachments li:not(.busy)').nth(1).waitFor()
  await ask(page, 'What does it show?')
  await add.setInputFiles(files)
  await page.locator('.attachments li:not(.busy)').nth(1).waitFor()
  await page.locator('#question').fill('And compared with last year?')
})
await picture(
  'branch',
  ['Lisbon, for its light.', 'Porto, for its river.', 'Trieste, for its coffee.'],
  async (page) => {
    await ask(page, 'Which city should I see in spring?')
    await page.getByRole('button', { name: 'Answer again' }).click()
    await settle(page)
    await page.locator('.bubble').hover()
    await page.getByRole('button', { name: 'Edit message' }).click()
    await page.getByLabel('Edit your message').fill('Which city by the sea should I see in spring?')
    await page.keyboard.press('Enter')
    await settle(page)
    await page.locator('.bubble').hover()
  },
)
await picture('history', Array(6).fill('Gladly.'), async (page) => {
  for (const question of [
    'Plan a week in the Alps',
    'Rename my variables',
    'Why is the sky blue?',
    'A birthday poem for Ada',
  ]) {
    await ask(page, question)
    await page.keyboard.press('Control+Shift+O')
  }
  await page.getByRole('link', { name: 'Why is the sky blue?' }).click()
  await settle(page)
  await page.getByRole('button', { name: 'More for Why is the sky blue?' }).click()
})
await browser.close()

async function picture(name, replies, act, look = {}) {
  if (states.length > 0 && !states.includes(name)) return
  const chat = chatOpenAICompatible({
    baseUrl: 'http://example.test/v1',
    model: 'Qwen/Qwen3-32B',
    apiKey: 'none',
    retries: 0,
    price: { input: 0.4, output: 0.8 },
    tools: name === 'tool-approval' ? [readFolder, removeFiles] : [],
    fetch: fakeModel(replies),
  })
  const live = await liveBrowser(chat, { open: false, history: false })
  const context = await browser.newContext({ viewport: SIZE, ...look })
  const page = await context.newPage()
  await page.goto(live.url)
  await page.waitForURL(`${new URL(live.url).origin}/`)
  await page.locator('#question').waitFor()
  await act(page)
  await page.waitForTimeout(500)
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path })
  console.log(path)
  await context.close()
  await live.close()
}

async function send(page, text) {
  await page.locator('#question').fill(text)
  await page.keyboard.press('Enter')
}

async function ask(page, text) {
  await send(page, text)
  await settle(page)
}

async function settle(page) {
  await page.locator('.foot').last().waitFor()
  await page.getByRole('button', { name: 'Send' }).waitFor()
}

async function load(path) {
  await ensureDist()
  return import(pathToFileURL(join('dist', path)).href)
}
