import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { t, tool } from 'natter'
import { sourceOf } from '../../src/web/page-source.ts'
import { scripted } from '../web/visitor.ts'
import { ask, inBrowser, settled, visit } from './browser.ts'

const ANSWER =
  '## Title\n\nA [link](https://example.com), `code` and **more**.\n\n```js\n// comment\nconst a = "text" + 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n$x^2$ and\n\n$$\\frac{a}{b}$$\n\n- [x] done\n- open'

/** What axe finds wrong, with the elements it is about. */
async function faults(page: Page): Promise<readonly string[]> {
  // The page's policy lets no script in but its own; axe is let in beside it.
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    interface Axe {
      run(): Promise<{
        violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[]
      }>
    }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 150)} ${failureSummary}`),
      )
  })
}

const LOOKS = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  [
    'on a phone',
    { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  ],
] as const

const guarded = tool({
  name: 'send_mail',
  description: 'Sends a mail',
  input: t.object({ to: t.string() }),
  needsApproval: true,
  run: () => 'sent',
})

inBrowser('the page for everybody', () => {
  for (const [name, look] of LOOKS) {
    test(`has no serious barrier, ${name}`, async () => {
      const replies = [
        { text: ANSWER, thinking: 'Hm.', usage: { input: 1, output: 2 } },
        { toolCalls: [{ name: 'send_mail', arguments: { to: 'ada' } }] },
        { status: 500, message: 'Fell over' },
      ]
      const chat = scripted(replies, { tools: [guarded] })
      const source = {
        ...sourceOf(chat),
        providers: () => [{ id: 'openai-compatible', name: 'Here', isReady: true }],
      }
      const { page } = await visit(source, { context: look })
      expect(await faults(page)).toEqual([])
      await ask(page, 'Hello')
      await settled(page)
      await page.locator('.hljs-string, math').first().waitFor()
      await ask(page, 'Write to Ada')
      await page.getByRole('button', { name: 'Approve' }).waitFor()
      expect(await faults(page)).toEqual([])
      await page.getByRole('button', { name: 'Approve' }).click()
      await page.getByRole('alert').waitFor()
      expect(await faults(page)).toEqual([])
      // Nothing sticks out to the side.
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
      for (const button of [/^Model:/, 'System prompt and parameters']) {
        await page.getByRole('button', { name: button }).click()
        await page.getByRole('dialog').waitFor()
        expect(await faults(page)).toEqual([])
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      if (name === 'on a phone') {
        await page.getByRole('button', { name: 'Show conversations' }).click()
        await page.getByRole('navigation').waitFor()
        expect(await faults(page)).toEqual([])
        await page.keyboard.press('Escape')
        expect(await page.getByRole('navigation').count()).toBe(0)
      }
    }, 40_000)
  }

  test('gives the focus back that a dialog took', async () => {
    const { page } = await visit(scripted([]))
    const button = page.getByRole('button', { name: 'System prompt and parameters' })
    await button.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => button.evaluate((it) => it === document.activeElement)).toBe(true)
  })

  test('holds still for who wants less motion', async () => {
    const { page } = await visit(scripted([{ text: 'x', delay: 3000 }]), {
      context: { reducedMotion: 'reduce' },
    })
    await ask(page, 'Hello')
    const dot = page.locator('.dots i').first()
    expect(await dot.evaluate((it) => getComputedStyle(it).animationIterationCount)).toBe('1')
  })
})
