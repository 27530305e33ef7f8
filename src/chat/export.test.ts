import { describe, expect, test } from 'vitest'
import type { Turn } from '../core/turn.ts'
import { exportChat } from './export.ts'

const turns: readonly Turn[] = [
  {
    role: 'user',
    contents: [
      { type: 'text', text: 'What is the weather?' },
      { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AAAA', name: 'sky [1]' },
    ],
  },
  {
    role: 'assistant',
    contents: [
      { type: 'thinking', text: 'I need ```the``` tool.' },
      { type: 'tool-call', id: 't1', name: 'get_weather', input: { city: 'Nairobi' } },
      { type: 'tool-call', id: 't2', name: 'get_weather', input: undefined, raw: '{"ci' },
    ],
    finish: 'tool-calls',
    model: 'org/model-7b',
  },
  {
    role: 'user',
    contents: [
      { type: 'tool-result', id: 't1', name: 'get_weather', content: 'sunny\n````\nhot' },
      { type: 'tool-result', id: 't2', name: 'get_weather', content: 'not JSON', isError: true },
    ],
  },
  {
    role: 'assistant',
    contents: [
      { type: 'text', text: 'It is **sunny**.\n\n```js\nlet a' },
      { type: 'citation', url: 'https://example.org/w', title: 'W' },
    ],
    finish: 'aborted',
    usage: { input: 1234, output: 5, cachedInput: 1000 },
    cost: 0.00042,
    duration: 1250,
    servedBy: 'groq',
    serviceTier: 'flex',
  },
]
const chat = { turns, systemPrompt: 'Be terse.', model: 'org/model', provider: { name: 'Hugging Face' } }

describe('as Markdown', () => {
  const page = exportChat(chat, 'md')

  test('has a heading for each turn', () => {
    expect(page.match(/^#+ .*/gm)).toEqual([
      '# Chat with org/model',
      '## System',
      '## User',
      '## Assistant',
      '## Tools',
      '## Assistant',
    ])
  })

  test('fences are longer than any within', () => {
    expect(page).toContain('````\nI need ```the``` tool.\n````')
    expect(page).toContain('`````\nsunny\n````\nhot\n`````')
  })

  test('a fence that the model left open swallows nothing', () => {
    expect(page).toContain('```js\nlet a\n```\n\nSource: W, [https://example.org/w](<https://example.org/w>)')
  })

  test('pictures are there as data, and calls as JSON', () => {
    expect(page).toContain(String.raw`![sky \[1\]](<data:image/png;base64,AAAA>)`)
    expect(page).toContain('**Tool call** `get_weather`\n\n```json\n{\n  "city": "Nairobi"\n}\n```')
  })

  test('says what is known of an answer', () => {
    expect(page).toContain(
      '*by groq · 1,234 tokens in (1,000 cached) · 5 tokens out · tier: flex · $0.00042 · 1.3 s · finish: aborted*',
    )
  })

  test('an address that is no web address is no link', () => {
    const contents = [
      { type: 'citation', url: 'javascript:alert(1)' },
      { type: 'media', kind: 'pdf', mimeType: 'application/pdf', url: 'https://example.org/a b>c' },
    ] as const
    const text = exportChat({ ...chat, turns: [{ role: 'user', contents }] }, 'md')
    expect(text).toContain('Source: `javascript:alert(1)`')
    expect(text).toContain('(<https://example.org/a%20b%3Ec>)')
  })
})

describe('as a session trace of the Hub', () => {
  const lines = exportChat(chat, 'jsonl', { id: 's1' })
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; message?: Record<string, unknown> })

  test('begins with the session and goes on with its messages', () => {
    expect(lines[0]).toEqual({
      type: 'session',
      harness: 'natter',
      id: 's1',
      name: 'What is the weather?',
      provider: 'Hugging Face',
      model: 'org/model',
    })
    expect(lines.slice(1).map(({ type, message }) => [type, message?.['role']])).toEqual([
      ['message', 'system'],
      ['message', 'user'],
      ['message', 'assistant'],
      ['message', 'tool'],
      ['message', 'tool'],
      ['message', 'assistant'],
    ])
  })

  test('links results to calls, and keeps thinking apart', () => {
    expect(lines[3]?.message).toEqual({
      role: 'assistant',
      content: '',
      reasoningContent: 'I need ```the``` tool.',
      toolCalls: [
        { id: 't1', function: { name: 'get_weather', arguments: '{"city":"Nairobi"}' } },
        { id: 't2', function: { name: 'get_weather', arguments: '{"ci' } },
      ],
      model: 'org/model-7b',
    })
    expect(lines[4]?.message).toEqual({ role: 'tool', content: 'sunny\n````\nhot', toolCallId: 't1' })
  })

  test('every content is a string, with a line for what has no place', () => {
    expect(lines[2]?.message?.['content']).toBe('What is the weather?\n[image: sky [1]]')
    expect(lines.slice(1).every(({ message }) => typeof message?.['content'] === 'string')).toBe(true)
  })

  test('bears times only where a clock gives them', () => {
    let now = 1000
    const timed = exportChat(chat, 'jsonl', { clock: () => now++ })
    expect(timed.match(/"timestamp":\d+/g)).toEqual(
      [1000, 1001, 1002, 1003, 1004, 1005].map((ms) => `"timestamp":${ms}`),
    )
    expect(JSON.stringify(lines)).not.toContain('timestamp')
  })

  test('ids differ from one export to the next', () => {
    expect(exportChat(chat, 'jsonl')).not.toBe(exportChat(chat, 'jsonl'))
  })

  test('a line is one line to every reader', () => {
    const text = 'a\u2028b\u2029c\u0085d\ne\rf'
    const trace = exportChat(
      { ...chat, turns: [{ role: 'user', contents: [{ type: 'text', text }] }] },
      'jsonl',
    )
    expect(trace.trimEnd().split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(3)
    expect((JSON.parse(trace.split('\n')[2] ?? '') as { message: { content: string } }).message.content).toBe(
      text,
    )
  })
})

test('as HTML is a whole page', () => {
  expect(exportChat({ ...chat, title: 'Weather & co' }, 'html')).toMatch(
    /^<!doctype html>[^]*<title>Weather &amp; co<\/title>[^]*<\/html>\n$/,
  )
})

test('an empty chat can be exported', () => {
  for (const format of ['md', 'html', 'jsonl'] as const)
    expect(exportChat({ ...chat, turns: [] }, format)).not.toBe('')
})

test('a format there is none of is a TypeError', () => {
  expect(() => exportChat(chat, 'docx' as 'md')).toThrow(TypeError)
})
