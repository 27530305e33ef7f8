import { describe, expect, test } from 'vitest'
import { back, read } from './anthropic-events.ts'
import { exchangesOf, hasRecordings } from './recordings/recordings.ts'

type Block = Readonly<Record<string, unknown>>

const isText = ({ type }: Block): boolean => type === 'text'

/** The same for two lists of blocks that say the same: neighbouring texts are one, and what surrounds them is no matter. */
function sense(blocks: readonly Block[]): readonly unknown[] {
  const sensed: unknown[] = []
  let text = ''
  let sources: unknown[] = []
  const flush = (): void => {
    if (text.trim() !== '') sensed.push([text.trim(), sources])
    text = ''
    sources = []
  }
  for (const { citations, ...block } of blocks) {
    if (isText(block)) {
      text += String(block.text)
      sources.push(...((citations ?? []) as unknown[]))
      continue
    }
    flush()
    const isPlain = (block.caller as Block | undefined)?.type === 'direct' && block.type === 'tool_use'
    sensed.push(isPlain ? { ...block, caller: undefined } : block)
  }
  flush()
  return sensed
}

describe.skipIf(!hasRecordings)('what goes back of a recorded answer', () => {
  const answers = (hasRecordings ? exchangesOf('anthropic-messages') : []).flatMap(({ name, response }) => {
    const text = response.body.toString()
    if (response.status !== 200 || !text.startsWith('{')) return []
    const body = JSON.parse(text) as Block
    return Array.isArray(body.content) && body.content.some((block: Block) => !isThinking(block))
      ? [{ name, body, content: body.content as readonly Block[] }]
      : []
  })

  test.each(answers)('$name is what came', ({ body, content }) => {
    // What does not go back: thinking that nobody signed, and at the end what is refused there, thinking and white space.
    const kept = content.filter((block) => block.type !== 'thinking' || Boolean(block.signature))
    const end = kept.findLastIndex((block) => !isThinking(block) && String(block.text ?? 'x').trim() !== '')
    expect(sense((back(read(body)) ?? []) as readonly Block[])).toEqual(sense(kept.slice(0, end + 1)))
  })

  test('is compared for every kind of block', () => {
    expect(answers.length).toBeGreaterThan(200)
    const types = new Set(answers.flatMap(({ content }) => content.map(({ type }) => type)))
    expect(types.size).toBeGreaterThan(9)
  })
})

const isThinking = ({ type }: Block): boolean => type === 'thinking' || type === 'redacted_thinking'
