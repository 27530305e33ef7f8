import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Chat } from '../index.ts'
import { backed, noticed, scripted } from '../../test/scripted-chats.ts'

afterEach(() => void vi.restoreAllMocks())

describe('the next prompt', () => {
  test.each([
    ['goes to the first choice again after a failure that may pass', 503, 2],
    ['does not after one that stays', 402, 1],
  ])('%s', async (_, status, times) => {
    const [first, asked] = scripted('first', [{ status }, 'First.'])
    const [second] = scripted('second', ['One.', 'Two.'])
    const chat = backed(first, [second])
    expect(await chat.chat('Hi')).toBe('One.')
    expect(await chat.chat('Hi')).toBe(times === 2 ? 'First.' : 'Two.')
    expect(asked.requests).toHaveLength(times)
    expect(noticed(chat)).toHaveLength(times === 2 ? 1 : 2)
  })

  test('goes to the first choice again once it has another model, or use() is called', async () => {
    const [first, asked] = scripted('first', [{ status: 402 }, { status: 402 }, 'Paid.'])
    const [second] = scripted('second', ['One.', 'Two.'])
    const chat = backed(first, [second])
    await chat.chat('Hi')
    chat.model = 'free'
    await chat.chat('Hi')
    expect(asked.requests.map(({ model }) => model)).toEqual(['first-1', 'free'])
    chat.use(first)
    expect(await chat.chat('Hi')).toBe('Paid.')
  })

  test('is asked of all again where all had failed for good', async () => {
    const [first] = scripted('first', [{ status: 401 }, 'Mended.'])
    const [second] = scripted('second', [{ status: 402 }])
    const chat = backed(first, [second])
    await expect(chat.chat('Hi')).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await chat.chat('Hi')).toBe('Mended.')
    expect(noticed(chat)).toEqual([])
  })
})

describe('where all fail', () => {
  test('the first failure is thrown with what the others said, and the chat stays as it was', async () => {
    const [first] = scripted('first', [{ status: 503, message: 'Too busy' }])
    const [second] = scripted('second', [{ status: 402, message: 'No money' }])
    const [third] = scripted('third', [{ status: 500, message: 'Broken' }])
    const chat = backed(first, [second, third])
    await expect(chat.chat('Hi')).rejects.toMatchObject({
      code: 'overloaded',
      status: 503,
      provider: 'first',
      message: expect.stringMatching(
        /^first answered 503: Too busy.* second\/second-1 was asked too: second answered 402: No money.* third\/third-1 was asked too: third answered 500: Broken/,
      ),
    })
    expect(chat.turns).toEqual([])
  })

  test('a name that means nobody is told, and the next is asked', async () => {
    const [first] = scripted('first', [{ status: 503 }, { status: 503 }])
    const [second] = scripted('second', ['Hello.'])
    const resolve = vi.fn<(name: string) => Chat>((name) => {
      if (name === 'second') return second
      throw new TypeError(`there is no provider "${name}"`)
    })
    const chat = backed(first, ['typo', 'second'], resolve)
    expect(resolve).not.toHaveBeenCalled()
    expect(await chat.chat('Hi')).toBe('Hello.')
    await expect(chat.chat('Hi')).rejects.toThrow(
      /Fallback 1 was asked too: there is no provider "typo" second\/second-1 was asked too/,
    )
    expect(resolve.mock.calls.flat()).toEqual(['typo', 'second', 'typo'])
  })

  test('what is no chat and no name is an error before anything is sent', async () => {
    const [first, model] = scripted('first', ['Hi'])
    for (const wrong of ['groq', [3], [undefined]])
      await expect(backed(first, wrong as never).chat('Hi')).rejects.toThrow('fallbacks must be chats')
    expect(model.requests).toEqual([])
  })
})

test('a file that was uploaded to the first is not sent to the next, which the error says', async () => {
  const [first] = scripted('first', ['Seen.', { status: 503 }])
  const [second, model] = scripted('second', ['Never.'])
  const chat = backed(first, [second])
  const file = { type: 'media', kind: 'pdf', mimeType: 'application/pdf', fileId: 'file-1' } as const
  await chat.chat(['Look', file])
  expect(chat.turns[0]?.contents[1]).toEqual({ ...file, server: 'http://first.test/v1' })
  await expect(chat.chat('Again')).rejects.toThrow(/second-1 was asked too: the pdf file-1 was uploaded to/)
  expect(model.requests).toEqual([])
})

test('the chats that were given stay as they are', async () => {
  const [first] = scripted('first', [{ status: 503 }])
  const [second] = scripted('second', ['Hello.'])
  await backed(first, [second]).chat('Hi')
  expect([first.turns, second.turns]).toEqual([[], []])
})

test('it is warned of once', async () => {
  const list: string[] = []
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void list.push(String(warning)))
  const [first] = scripted('first', [{ status: 503 }, { status: 503 }], { adjust: 'warn' })
  const [second] = scripted('second', ['One.', 'Two.'])
  const chat = backed(first, [second])
  await chat.chat('Hi')
  await chat.chat('Hi')
  expect(list).toEqual([
    expect.stringContaining('second/second-1 was asked, because first/first-1 answered 503'),
  ])
})
