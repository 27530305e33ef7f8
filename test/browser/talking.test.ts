import { expect, test } from 'vitest'
import { t, tool } from 'natter'
import { chatLocal } from 'natter/local'
import { scripted } from '../web/visitor.ts'
import { answers, ask, inBrowser, settled, visit } from './browser.ts'

const SLOW = { chunks: Array.from({ length: 60 }, (_, index) => `word${index} `), pause: 25 }

inBrowser('a conversation in the browser', () => {
  test('shows an answer in Markdown as it comes, and what is known of it', async () => {
    const text =
      '## A title\n\nSome **bold** text.\n\n- one\n- two\n\n```js\nconst a = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n$$x^2$$\n'
    const { page, errors } = await visit(scripted([{ text, usage: { input: 12, output: 34 } }]))
    await ask(page, 'Hello')
    await settled(page)
    const answer = answers(page)
    expect(await answer.getByRole('heading', { name: 'A title' }).count()).toBe(1)
    expect(await answer.locator('strong').innerText()).toBe('bold')
    expect(await answer.locator('li').allInnerTexts()).toEqual(expect.arrayContaining(['one', 'two']))
    await answer.locator('.hljs-keyword').waitFor()
    await answer.locator('math msup').waitFor()
    expect(await answer.locator('.table td').allInnerTexts()).toEqual(['1', '2'])
    expect(await answer.getByRole('list', { name: 'About this answer' }).innerText()).toMatch(
      /fake[\s\S]*12 → 34 tokens/,
    )
    await expect.poll(() => page.title()).toBe('Hello · natter')
    await answer.getByRole('button', { name: 'Copy code' }).click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('const a = 1')
    await answer.getByRole('button', { name: 'Copy answer' }).click()
    await answer.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text)
    expect(errors).toEqual([])
  })

  test('stops by Escape and by its button, and keeps what came', async () => {
    const { page } = await visit(scripted([SLOW, SLOW]))
    const ways = [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Stop' }).click(),
    ]
    for (const [index, stop] of ways.entries()) {
      await ask(page, 'Tell')
      await answers(page).nth(index).getByText('word3').waitFor()
      await stop()
      await settled(page)
      expect(await answers(page).nth(index).innerText()).toMatch(/word3[\s\S]*Stopped\./)
    }
  })

  test('answers again, and goes between the versions', async () => {
    const { page } = await visit(scripted(['First.', 'Second.']))
    await ask(page, 'Which?')
    await settled(page)
    await answers(page).getByRole('button', { name: 'Answer again' }).click()
    await answers(page).getByText('Second.').waitFor()
    await settled(page)
    expect(await answers(page).innerText()).toContain('2/2')
    await answers(page).getByRole('button', { name: 'Previous version' }).click()
    await answers(page).getByText('First.').waitFor()
    await page.reload()
    await answers(page).getByText('First.').waitFor()
    await page.locator('.transcript').focus()
    await page.keyboard.press(']')
    await answers(page).getByText('Second.').waitFor()
  })

  test('asks an edited question on a branch of its own', async () => {
    const { page } = await visit(scripted(['To the first.', 'More.', 'To the second.']))
    await ask(page, 'One?')
    await settled(page)
    await ask(page, 'Go on')
    await settled(page)
    const question = page.getByRole('region', { name: 'Your message' }).first()
    await question.hover()
    await question.getByRole('button', { name: 'Edit message' }).click()
    await page.getByLabel('Edit your message').fill('Two?')
    await page.keyboard.press('Enter')
    await answers(page).getByText('To the second.').waitFor()
    await settled(page)
    expect(await answers(page).count()).toBe(1)
    await question.getByRole('button', { name: 'Previous version' }).click()
    await answers(page).getByText('More.').waitFor()
    expect(await question.innerText()).toContain('1/2')
  })

  test('talks to the model in this process', async () => {
    const { page } = await visit(chatLocal({ params: { maxTokens: 12, seed: 1 } }))
    await ask(page, 'Say hello')
    await settled(page)
    expect((await answers(page).locator('.prose').innerText()).trim()).not.toBe('')
    expect(await answers(page).getByRole('list', { name: 'About this answer' }).innerText()).toMatch(/tokens/)
  })

  test('tells what was adjusted for a model', async () => {
    const refusal = {
      status: 400,
      message: "Unsupported parameter: 'temperature' is not supported with this model.",
    }
    const { page } = await visit(
      scripted([refusal, 'Fine.'], { model: 'picky', params: { temperature: 0.5 } }),
    )
    await ask(page, 'Hello')
    await answers(page).getByText('Fine.').waitFor()
    await settled(page)
    await answers(page).getByText('1 adjustment for this model').click()
    await answers(page).getByText('temperature', { exact: true }).waitFor()
  })

  test('says that an answer was cut short, and shows why a model declined', async () => {
    const { page } = await visit(
      scripted([{ text: 'So much', finish: 'length' }, { refusal: 'I would rather not.' }]),
    )
    await ask(page, 'Tell all')
    await answers(page).getByText('reached its longest length').waitFor()
    await settled(page)
    await ask(page, 'Now')
    await answers(page).getByText('I would rather not.').first().waitFor()
    await settled(page)
  })

  test('keeps apart the calls of two rounds that have the same id', async () => {
    const read = tool({
      name: 'read',
      description: 'Reads',
      input: t.object({ file: t.string() }),
      run: ({ file }) => `content of ${file}`,
    })
    const call = (file: string): object => ({
      toolCalls: [{ id: 'call_0', name: 'read', arguments: { file } }],
    })
    const { page } = await visit(scripted([call('one'), call('two'), 'Read.'], { tools: [read] }))
    await ask(page, 'Read both')
    await answers(page).getByText('Read.', { exact: true }).waitFor()
    await settled(page)
    const cards = answers(page).locator('details.tool')
    for (const [index, file] of ['one', 'two'].entries()) {
      await cards.nth(index).locator('summary').click()
      expect(await cards.nth(index).getByLabel('Result').innerText()).toBe(`content of ${file}`)
    }
  })

  test('folds thinking away', async () => {
    const { page } = await visit(scripted([{ thinking: 'Let me see.', text: 'Seen.' }]))
    await ask(page, 'Think')
    await settled(page)
    const thoughts = answers(page).locator('details.thinking')
    expect(await thoughts.getByText('Let me see.').isVisible()).toBe(false)
    await thoughts.locator('summary').click()
    await thoughts.getByText('Let me see.').waitFor()
  })

  for (const [button, said] of [
    ['Approve', 'deleted a.txt'],
    ['Deny', 'did not approve'],
  ] as const) {
    test(`lets a person ${button.toLowerCase()} a call`, async () => {
      const remove = tool({
        name: 'delete_file',
        description: 'Deletes a file',
        input: t.object({ path: t.string() }),
        needsApproval: true,
        run: ({ path }) => `deleted ${path}`,
      })
      const call = { name: 'delete_file', arguments: { path: 'a.txt' } }
      const { page } = await visit(scripted([{ toolCalls: [call] }, 'Well.'], { tools: [remove] }))
      await ask(page, 'Delete it')
      await page.getByText('Waits for you', { exact: true }).waitFor()
      // Who comes back finds the question where it was.
      await page.reload()
      await page.getByText('Waits for you', { exact: true }).waitFor()
      await page.getByRole('button', { name: button }).click()
      await answers(page).getByText('Well.').waitFor()
      await settled(page)
      const card = answers(page).locator('details.tool')
      if (!(await card.getByLabel('Result').isVisible()) && !(await card.getByLabel('Input').isVisible()))
        await card.locator('summary').click()
      expect((await card.innerText()).toLowerCase()).toContain(said.toLowerCase())
      expect(await card.getByLabel('Input').innerText()).toContain('"path": "a.txt"')
    })
  }

  test('says what went wrong, and tries again', async () => {
    const { page } = await visit(
      scripted([{ status: 500, message: 'The model has fallen over' }, 'Up again.']),
    )
    await ask(page, 'Hello')
    const alert = page.getByRole('alert')
    await alert.getByText('The model has fallen over').waitFor()
    await alert.getByRole('button', { name: 'Try again' }).click()
    await answers(page).getByText('Up again.').waitFor()
    await settled(page)
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('goes on with an answer in a second tab and after a reload', async () => {
    const { page } = await visit(scripted([SLOW]))
    await ask(page, 'Tell')
    await page.getByText('word3', { exact: false }).waitFor()
    const second = await page.context().newPage()
    await second.goto(page.url())
    await page.reload()
    for (const tab of [page, second]) {
      await tab.getByText('word59', { exact: false }).waitFor()
      await settled(tab)
      expect(await answers(tab).locator('.prose').innerText()).toBe(SLOW.chunks.join('').trim())
    }
  })

  test('takes in what was said in another tab, when it is looked at again', async () => {
    const { page } = await visit(scripted(['One.', 'Two.']))
    await ask(page, 'First')
    await settled(page)
    const second = await page.context().newPage()
    await second.goto(page.url())
    await answers(second).getByText('One.').waitFor()
    await ask(second, 'Second')
    await settled(second)
    await page.evaluate(() => dispatchEvent(new Event('focus')))
    await answers(page).getByText('Two.').waitFor()
  })

  test('reconnects after the connection was lost', async () => {
    const { page } = await visit(scripted([SLOW]))
    let cuts = 0
    await page.route('**/events', async (route) => {
      if (cuts++ > 1) return route.continue()
      return route.abort('connectionreset')
    })
    await ask(page, 'Tell')
    await page.getByText('Reconnecting').waitFor()
    await page.getByText('word59', { exact: false }).waitFor()
    await settled(page)
    expect(cuts).toBeGreaterThan(2)
    expect(await page.getByText('Reconnecting').count()).toBe(0)
    expect(await answers(page).locator('.prose').innerText()).toBe(SLOW.chunks.join('').trim())
  })

  test('follows the answer, unless the reader scrolls up', async () => {
    const lines = { chunks: Array.from({ length: 120 }, (_, index) => `line ${index}\n\n`), pause: 12 }
    const { page } = await visit(scripted([lines]))
    await ask(page, 'Tell')
    await page.getByText('line 40', { exact: true }).waitFor()
    const place = (): Promise<number> =>
      page.locator('.transcript').evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight)
    await expect.poll(place).toBeLessThan(60)
    await page.locator('.transcript').hover()
    await page.mouse.wheel(0, -400)
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor()
    await page.getByText('line 119', { exact: true }).waitFor({ state: 'attached' })
    expect(await place()).toBeGreaterThan(300)
    await page.getByRole('button', { name: 'Jump to latest' }).click()
    await expect.poll(place).toBeLessThan(60)
    await settled(page)
  })
})
