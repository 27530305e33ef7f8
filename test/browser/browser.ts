// A person at the page: Chromium as Debian has it, driven by Playwright, before the real server.
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Browser, type BrowserContextOptions, type Locator, type Page, chromium } from 'playwright-core'
import type { LiveBrowser, LiveBrowserOptions } from '../../src/web/live-browser.ts'
import type { PageSource } from '../../src/web/page-source.ts'
import type { Chat } from 'natter'
import { serve } from '../web/visitor.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const executablePath = NAMES.map((name) =>
  spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(),
).find(Boolean)

const isSkipped = executablePath === undefined && process.env.CI !== 'true'
if (isSkipped)
  console.log('skipped: the tests of the page in a browser, because chromium is not installed here')

/** Tests in a browser; skipped where there is none, but not where all tests must run. */
export const inBrowser = (name: string, tests: () => void): unknown =>
  (isSkipped ? describe.skip : describe)(name, tests)

let browser: Browser | undefined
beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/fresh-dist.mjs'], { stdio: 'pipe' })
  if (executablePath) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}, 120_000)
afterAll(() => browser?.close())

/** How a page is opened. */
export interface Visit extends LiveBrowserOptions {
  readonly context?: BrowserContextOptions
  /** Whether the page begins with a conversation of this id. */
  readonly at?: string
}

/** A page that was opened. What goes wrong in it fails the test that looks. */
export interface Opened {
  readonly page: Page
  readonly live: LiveBrowser
  readonly errors: readonly string[]
}

/** Serves the built page for a chat, and opens it. */
export async function visit(
  source: Chat | PageSource,
  { context, at, ...options }: Visit = {},
): Promise<Opened> {
  if (!browser) throw new Error('chromium is not installed here')
  const live = await serve(source, { folder: join('dist', 'web', 'page'), ...options })
  const opened = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...context })
  const page = await opened.newPage()
  page.setDefaultTimeout(8000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    const { url } = message.location()
    // What a browser asks for by itself before the page is there.
    if (message.type() === 'error' && !url.endsWith('/favicon.ico')) errors.push(`${message.text()} ${url}`)
  })
  await page.goto(live.url)
  await page.waitForURL(`${new URL(live.url).origin}/`)
  if (at !== undefined) await page.goto(`${new URL(live.url).origin}/#${at}`)
  await page.getByLabel('Your message', { exact: true }).waitFor()
  return { page, live, errors }
}

/** Types a question, sends it, and waits until the server has it. */
export async function ask(page: Page, text: string): Promise<void> {
  const field = page.locator('#question')
  await field.fill(text)
  await field.press('Enter')
  await expect.poll(() => field.inputValue(), { timeout: 8000 }).toBe('')
}

/** The answers of the page, in order. */
export const answers = (page: Page): Locator => page.getByRole('region', { name: 'Answer' })

/** Waits until nothing is being answered. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Send' }).waitFor()
  await expect.poll(() => page.locator('[aria-busy=true]').count(), { timeout: 8000 }).toBe(0)
}
