import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceOf } from '../../src/web/page-source.ts'
import { scripted } from '../web/visitor.ts'
import { answers, ask, inBrowser, settled, visit } from './browser.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n')

inBrowser('what is around a conversation', () => {
  test('takes files by button, paste and drop, shows them, and takes them away', async () => {
    const { page, errors } = await visit(scripted(['A dot.', 'Again a dot.']))
    const list = page.getByRole('list', { name: 'Attached files' })
    await page.getByLabel('Files', { exact: true }).setInputFiles([
      { name: 'dot.png', mimeType: 'image/png', buffer: PNG },
      { name: 'paper.pdf', mimeType: 'application/pdf', buffer: PDF },
    ])
    const give = (kind: 'paste' | 'drop'): Promise<void> =>
      page.evaluate((how) => {
        const data = new DataTransfer()
        data.items.add(new File(['some notes'], `${how}.txt`, { type: 'text/plain' }))
        if (how === 'drop') dispatchEvent(new DragEvent('drop', { dataTransfer: data }))
        else
          document
            .querySelector('#question')
            ?.dispatchEvent(
              new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
            )
      }, kind)
    await give('paste')
    await give('drop')
    await expect.poll(() => list.locator('li:not(.busy)').count()).toBe(4)
    expect(await list.getByRole('button').count()).toBe(4)
    await page.getByRole('button', { name: 'Remove drop.txt' }).click()
    await page.getByRole('button', { name: 'Remove paper.pdf' }).click()
    await ask(page, 'What is this?')
    await settled(page)
    const question = page.getByRole('region', { name: 'Your message' })
    await expect
      .poll(() => question.getByRole('img').evaluate((it) => (it as HTMLImageElement).naturalWidth))
      .toBe(1)
    expect(await question.innerText()).toContain('paste.txt')
    expect(await list.count()).toBe(0)
    // An edited question keeps its files.
    await page.keyboard.press('ArrowUp')
    await page.getByLabel('Edit your message').fill('And this?')
    await page.keyboard.press('Enter')
    await answers(page).getByText('Again a dot.').waitFor()
    expect(await question.getByRole('img').count()).toBe(1)
    expect(errors).toEqual([])
  })

  test('chooses a model by what it can do and what it costs', async () => {
    const chat = scripted(['Hello.'])
    const models = [
      { id: 'small', capabilities: {} },
      {
        id: 'large',
        name: 'Large',
        capabilities: { tools: true, image: true },
        contextLength: 131_072,
        prices: { input: 0.2, output: 0.8 },
      },
    ]
    const source = {
      ...sourceOf(chat),
      providers: () => [
        { id: 'openai-compatible', name: 'Here', isReady: true },
        { id: 'groq', name: 'Groq', isReady: false, hint: 'Set GROQ_API_KEY.' },
      ],
      models: () => Promise.resolve(models),
    }
    const { page } = await visit(source)
    await page.getByRole('button', { name: /^Model:/ }).click()
    const box = page.getByRole('dialog', { name: 'Choose a model' })
    const rows = box.getByRole('listbox', { name: 'Models' }).getByRole('option')
    await rows.nth(1).waitFor()
    expect(await rows.nth(1).innerText()).toMatch(
      /Large[\s\S]*tools[\s\S]*pictures[\s\S]*131k context[\s\S]*\$0\.20 \/ \$0\.80/,
    )
    await box.getByRole('combobox', { name: 'Search models' }).fill('lar')
    await expect.poll(() => rows.count()).toBe(2)
    await page.keyboard.press('Enter')
    await box.waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: /^Model:/ }).innerText()).toContain('large')
    await page.getByRole('button', { name: /^Model:/ }).click()
    await box.getByRole('combobox', { name: 'Provider' }).selectOption('groq')
    await box.getByText('Set GROQ_API_KEY.').waitFor()
  })

  test('sets the system prompt and the parameters, and says what is wrong with them', async () => {
    const { page } = await visit(scripted(['Arr.']))
    await ask(page, 'Hi')
    await settled(page)
    const open = page.getByRole('button', { name: 'System prompt and parameters' })
    await open.click()
    const box = page.getByRole('dialog', { name: 'Settings of this chat' })
    await box.getByLabel('System prompt').fill('Talk like a pirate.')
    await box.getByLabel('Temperature').fill('0.7')
    await box.getByLabel('Longest answer').fill('200')
    await box.getByLabel('Stop at').fill('END, STOP')
    await box.getByLabel('Thinking').selectOption('low')
    await box.getByRole('button', { name: 'Save' }).click()
    await box.waitFor({ state: 'detached' })
    await page.reload()
    await answers(page).getByText('Arr.').waitFor()
    await open.click()
    expect(await box.getByLabel('System prompt').inputValue()).toBe('Talk like a pirate.')
    expect(await box.getByLabel('Temperature').inputValue()).toBe('0.7')
    expect(await box.getByLabel('Stop at').inputValue()).toBe('END, STOP')
    expect(await box.getByLabel('Thinking').inputValue()).toBe('low')
    await page.keyboard.press('Escape')
    await box.waitFor({ state: 'detached' })
  })

  test('finds, renames, exports and deletes conversations', async () => {
    const history = mkdtempSync(join(tmpdir(), 'natter-browser-'))
    try {
      const { page } = await visit(scripted(['About whales.', 'About bees.']), { history })
      const list = page.getByRole('navigation', { name: 'Conversations' })
      await ask(page, 'Whales?')
      await settled(page)
      await page.keyboard.press('Control+Shift+O')
      await ask(page, 'Bees?')
      await settled(page)
      await list.getByRole('link', { name: 'Whales?' }).waitFor()
      await page.keyboard.press('Control+k')
      await page.keyboard.type('bees')
      await expect.poll(() => list.getByRole('link').count()).toBe(1)
      await page.getByLabel('Search conversations').fill('')
      await expect.poll(() => list.getByRole('link').count()).toBe(2)

      await list.getByRole('button', { name: 'More for Whales?' }).click()
      await page.getByRole('menuitem', { name: 'Rename' }).click()
      await page.getByLabel('Title').fill('Of whales')
      await page.keyboard.press('Enter')
      await list.getByRole('link', { name: 'Of whales' }).click()
      await answers(page).getByText('About whales.').waitFor()

      await list.getByRole('button', { name: 'More for Of whales' }).click()
      const download = page.waitForEvent('download')
      await page.getByRole('menuitem', { name: 'Export as Markdown' }).click()
      expect(readFileSync(await (await download).path(), 'utf8')).toContain('About whales.')

      const remove = async (): Promise<void> => {
        await list.getByRole('button', { name: 'More for Of whales' }).click()
        await page.getByRole('menuitem', { name: 'Delete' }).click()
        await list.getByRole('link', { name: 'Of whales' }).waitFor({ state: 'detached' })
      }
      await remove()
      await page.getByRole('button', { name: 'Undo' }).click()
      await list.getByRole('link', { name: 'Of whales' }).waitFor()
      await remove()
      const gone = page.waitForResponse((response) => response.request().method() === 'DELETE')
      await page.getByRole('button', { name: 'Dismiss' }).click()
      expect((await gone).status()).toBe(204)
      await page.reload()
      await list.getByRole('link', { name: 'Bees?' }).waitFor()
      expect(await list.getByRole('link').count()).toBe(1)
    } finally {
      rmSync(history, { recursive: true })
    }
  })

  test('keeps what was not sent yet apart for each conversation', async () => {
    const { page } = await visit(scripted(['Yes.']))
    const field = page.locator('#question')
    await ask(page, 'One?')
    await settled(page)
    await field.fill('half of a')
    await page.getByRole('button', { name: 'New chat' }).click()
    await expect.poll(() => field.inputValue()).toBe('')
    await field.fill('another thought')
    await page.getByRole('link', { name: 'One?' }).click()
    await expect.poll(() => field.inputValue()).toBe('half of a')
    await page.getByRole('button', { name: 'New chat' }).click()
    await expect.poll(() => field.inputValue()).toBe('another thought')
  })

  test('is used by keys alone', async () => {
    const { page } = await visit(scripted(['One.', 'Two.']))
    await ask(page, 'Count')
    await settled(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard' })
    await help.getByText('Answer again').waitFor()
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })
    await page.keyboard.press('r')
    await answers(page).getByText('Two.').waitFor()
    await settled(page)
    await page.keyboard.press('c')
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('Two.')
    await page.keyboard.press('e')
    await page.getByLabel('Edit your message').waitFor()
    // Back to where messages are written, and out of there.
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('s')
    await page.getByRole('dialog', { name: 'Settings of this chat' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('h')
    expect(await page.getByRole('navigation', { name: 'Conversations' }).count()).toBe(0)
    await page.keyboard.press('n')
    await page.getByText('What is on your mind?').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('question')
    // Turned off, letters do nothing.
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await help.getByRole('checkbox').uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('s')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('remembers whether it is light or dark', async () => {
    const { page } = await visit(scripted([]), { context: { colorScheme: 'light' } })
    const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(await ground()).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await ground()
    expect(dark).not.toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByRole('button', { name: 'Looks as the system does: change' }).click()
    expect(await ground()).toBe(dark)
    await page.reload()
    expect(await ground()).toBe(dark)
  })
})
