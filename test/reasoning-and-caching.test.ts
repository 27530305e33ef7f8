import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ChatRequest } from 'natter'
import { fit } from '../src/capabilities/fit.ts'
import type { Dialect, LazyDialect } from '../src/dialects/dialect.ts'
import * as lazy from '../src/dialects/lazy-dialects.ts'
import { openaiChat } from '../src/dialects/openai-chat.ts'

const page = readFileSync('docs/reasoning-and-caching.md', 'utf8')
const dialects = [openaiChat, ...Object.values(lazy).filter((value) => typeof value === 'object')]

/** The rows of the table whose head begins so, cell by cell. */
function rowsOf(head: string): readonly (readonly string[])[] {
  const lines = page.slice(page.indexOf(head)).split('\n')
  const rows = lines.slice(
    2,
    lines.findIndex((line) => !line.startsWith('|')),
  )
  return rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^\| ?| ?\|$/g, '').trim()))
}

const REASONING = rowsOf("| dialect | such as | `reasoningEffort: 'high'` |")
const CACHING = rowsOf('| dialect | such as | without `cache` |')
const bare = (cell = ''): string => cell.replaceAll('`', '')
/** What a cell says that the body holds. */
const fragmentsIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/`("[^`]+)`/g)].map(([, json = '']) => json)

/** The body of a request as it would be sent, and what was left out of it. */
async function spelled(
  id: string,
  model: string,
  more: Partial<ChatRequest>,
): Promise<{ readonly json: string; readonly leftOut: readonly string[] }> {
  const known = dialects.find((dialect) => dialect.id === id) as Dialect | LazyDialect
  const dialect = await lazy.dialectOf(known)
  const turns = [{ role: 'user', contents: [{ type: 'text', text: 'Hi' }] } as const]
  const system = id === 'cortex-analyst' ? {} : { system: 'Be terse.' }
  const { request, quirks, adjustments } = fit(
    { model, turns, params: {}, stream: false, ...system, ...more },
    dialect,
    {},
    {},
  )
  return {
    json: JSON.stringify(dialect.encode(request, quirks).body),
    leftOut: adjustments.map(({ name }) => name),
  }
}

async function demand(
  row: readonly string[],
  cell: string,
  param: 'reasoningEffort' | 'reasoningTokens',
  value: string | number,
): Promise<void> {
  const { json, leftOut } = await spelled(bare(row[0]), bare(row[1]), { params: { [param]: value } })
  if (cell === 'left out') {
    expect(leftOut).toEqual([param])
    return
  }
  const fragments = fragmentsIn(cell)
  expect(fragments.length, `${cell} says nothing`).toBeGreaterThan(0)
  expect(leftOut).toEqual([])
  for (const fragment of fragments) expect(json).toContain(fragment)
}

test('the table of reasoning has every dialect', () => {
  expect(new Set(REASONING.map(([id]) => bare(id)))).toEqual(new Set(dialects.map(({ id }) => id)))
})

test.each(REASONING.map((row) => [row.slice(0, 2).map(bare).join(' '), row] as const))(
  '%s thinks as the page says',
  async (_, row) => {
    const [, , effort = '', tokens = '', off = ''] = row
    await demand(row, effort, 'reasoningEffort', 'high')
    await demand(row, tokens, 'reasoningTokens', 2000)
    if (off === 'never on') return
    const [, how, value] = /^(effort|tokens) `(\w+)`: /.exec(off) ?? []
    expect(how).toBeDefined()
    await (how === 'effort'
      ? demand(row, off, 'reasoningEffort', value ?? '')
      : demand(row, off, 'reasoningTokens', Number(value)))
  },
)

test('the table of caching has every dialect that takes a prompt', () => {
  const ids = new Set(CACHING.map(([id]) => bare(id)))
  expect(ids).toEqual(new Set(dialects.map(({ id }) => id).filter((id) => id !== 'cortex-analyst')))
})

test.each(CACHING.map((row) => [row.slice(0, 2).map(bare).join(' '), row] as const))(
  '%s is cached as the page says',
  async (_, row) => {
    const asked = [undefined, '5m', '1h', 'none'] as const
    for (const [i, cache] of asked.entries()) {
      const cell = row[i + 2] ?? ''
      const spell = (): ReturnType<typeof spelled> =>
        spelled(bare(row[0]), bare(row[1]), cache ? { cache } : {})
      if (cell === 'TypeError') {
        await expect(spell()).rejects.toThrow(TypeError)
        continue
      }
      const { json } = await spell()
      const [mark] = fragmentsIn(cell)
      // Once after the system prompt, once after what was said last.
      if (mark) expect(json.split(mark)).toHaveLength(3)
      else {
        expect(cell).toBe('no mark')
        expect(json).not.toMatch(/cache/i)
      }
    }
  },
)
