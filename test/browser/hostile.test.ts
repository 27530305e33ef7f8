import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { HOSTILE_ANSWERS } from '../hostile-answers.ts'
import { scripted } from '../web/visitor.ts'
import { answers, ask, inBrowser, settled, visit } from './browser.ts'

interface Watched {
  /** What was asked of any other server than the page's own, and by which the page was left. */
  readonly outside: readonly string[]
}

function watch(page: Page): Watched {
  const outside: string[] = []
  const { origin } = new URL(page.url())
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:image/') && !url.startsWith('blob:'))
      outside.push(url)
  })
  page.on('framenavigated', (frame) => outside.push(`frame ${frame.url()}`))
  page.on('popup', (popup) => outside.push(`popup ${popup.url()}`))
  page.on('dialog', (dialog) => {
    outside.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  return { outside }
}

/** What stands in the answers that must not. */
const suspects = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const own = new Set(['http:', 'https:', 'mailto:'])
    const found: string[] = []
    for (const element of document.querySelectorAll('.prose *')) {
      const name = element.localName
      if (
        /^(script|style|iframe|object|embed|form|input|textarea|select|base|meta|link|svg|video|audio|source|template|portal|xss)$/.test(
          name,
        )
      )
        found.push(`<${name}>`)
      for (const { name: attribute, value } of element.attributes) {
        if (/^on|^(id|name|srcset|poster|background|formaction|action|srcdoc|xlink:href)$/.test(attribute))
          found.push(`${name} ${attribute}=${value}`)
        if (attribute === 'style' && /url|position/i.test(value)) found.push(`${name} ${attribute}=${value}`)
        if (attribute === 'src' && !/^data:image\/(png|jpeg|gif|webp);base64,/.test(value))
          found.push(`${name} src=${value}`)
      }
      if (element instanceof HTMLAnchorElement) {
        if (!own.has(element.protocol) || element.origin === location.origin)
          found.push(`a href=${element.href}`)
        if (element.target !== '_blank' || !element.relList.contains('noopener'))
          found.push(`a without noopener: ${element.href}`)
      }
    }
    return found
  })

const pwned = (page: Page): Promise<unknown> => page.evaluate(() => (globalThis as { pwned?: unknown }).pwned)

inBrowser('hostile answers', () => {
  for (const hasPolicy of [true, false]) {
    test(`run nothing, load nothing and lead nowhere, ${hasPolicy ? 'as served' : 'even without the policy of the server'}`, async () => {
      const { page } = await visit(scripted(HOSTILE_ANSWERS.map((text) => ({ text }))), {
        context: { bypassCSP: !hasPolicy },
      })
      const { outside } = watch(page)
      // The server's side is G's: all are asked at once, from the page, whose cookie it needs.
      await page.evaluate(async (count) => {
        const post = async (path: string, body: unknown): Promise<Record<string, string>> => {
          const response = await fetch(`api/${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          })
          return (await response.json()) as Record<string, string>
        }
        const { id } = await post('sessions', {})
        let parent: string | undefined
        for (let index = 0; index < count; index++) {
          const { run } = await post(`sessions/${id}/runs`, {
            text: `Question ${index}`,
            ...(parent && { parent }),
          })
          const told = await (await fetch(`api/runs/${run}/events`)).text()
          parent = /"type":"end","head":"(\w+)"/.exec(told)?.[1]
        }
        location.hash = id ?? ''
      }, HOSTILE_ANSWERS.length)
      await expect.poll(() => answers(page).count()).toBe(HOSTILE_ANSWERS.length)
      await page.waitForFunction(
        () =>
          document.querySelectorAll('.prose').length ===
          document.querySelectorAll('.prose:has(> *), .prose:empty').length,
      )
      // Each is scrolled by and pointed at, as a reader would.
      for (const answer of (await answers(page).all()).filter((_, index) => index % 8 === 0))
        await answer.hover({ force: true, position: { x: 9, y: 9 } })
      await page.waitForTimeout(300)
      expect(await suspects(page)).toEqual([])
      expect(await pwned(page)).toBeUndefined()
      expect(outside.filter((entry) => !entry.startsWith(`frame ${new URL(page.url()).origin}/#`))).toEqual(
        [],
      )
      // The page itself still stands.
      expect(await page.locator('#question').evaluate((it) => it.localName)).toBe('textarea')
    }, 60_000)
  }

  test('run nothing while they come in pieces', async () => {
    const text = HOSTILE_ANSWERS.filter((answer) => answer.length < 2000).join('\n\n')
    const chunks = text.match(/[\s\S]{1,37}/g) ?? []
    const { page } = await visit(scripted([{ chunks, pause: 1 }]), { context: { bypassCSP: true } })
    const { outside } = watch(page)
    await ask(page, 'Go')
    await settled(page)
    expect(await suspects(page)).toEqual([])
    expect(await pwned(page)).toBeUndefined()
    expect(outside.filter((entry) => !entry.startsWith(`frame ${new URL(page.url()).origin}/#`))).toEqual([])
  }, 40_000)

  test('would be found out if they ran', async () => {
    const { page } = await visit(scripted([]), { context: { bypassCSP: true } })
    const { outside } = watch(page)
    await page.route('https://attacker.test/**', (route) => route.abort())
    await page.evaluate((all) => {
      const box = document.createElement('div')
      box.className = 'prose'
      box.innerHTML =
        all.filter((answer) => answer.startsWith('<img')).join('') + '<img src="https://attacker.test/x.png">'
      document.body.append(box)
    }, HOSTILE_ANSWERS)
    await expect.poll(() => pwned(page)).toBe(1)
    expect((await suspects(page)).length).toBeGreaterThan(0)
    await expect.poll(() => outside.join()).toContain('attacker.test')
  })
})

test('there are enough of them, and no two the same', () => {
  expect(new Set(HOSTILE_ANSWERS).size).toBe(HOSTILE_ANSWERS.length)
  expect(HOSTILE_ANSWERS.length).toBeGreaterThanOrEqual(60)
})
