import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAt, cuts } from '../../../test/cuts.ts'
import { Terminal } from '../../../test/cli/terminal.ts'
import { LiveArea } from './live-area.ts'
import { MarkdownWriter } from './markdown-writer.ts'

const DOCUMENT = `# Primes and *others*

A prime has **two** divisors; see [the page](https://example.com/primes) or https://example.org. This is
a long paragraph that has to be broken at the width of the terminal, with \`code in it\` and ~~an error~~.

1. first
   - nested with a long text that goes on and on until it has to be broken somewhere
   - [x] done
   - [ ] open
2. second

   more of it

   \`\`\`sh
   ls -l # inside

   echo
   \`\`\`
3. third

\`\`\`python
def prime(n):
    """Whether n
    is one"""
    return all(n % d for d in range(2, n))  # slow

print(prime(7))
\`\`\`

| name | 値段 | what it is, in a long title that is broken |
|:-----|----:|:---:|
| two | 2 | the only one that is even, which is odd |
| 三 | 300 | 日本語の長い文章がここにあります |

> quoted *text*
> > twice

Title
=====
Inline $a_1 * b_2 * c$ and \\(x_i\\), <b>html</b> &amp; 👩\u200d👩\u200d👧 é ไทย 한국어。

---

<div>
block
</div>

- [link][1]

[1]: https://example.com
`

const LOOK = `Primes and others

A prime has two divisors; see the page
(https://example.com/primes) or https://example.org. This is
a long paragraph that has to be broken at the width of the
terminal, with code in it and an error.

1. first
   • nested with a long text that goes on and on until it
     has to be broken somewhere
   ☑ done
   ☐ open

2. second

   more of it

   sh
     ls -l # inside

     echo

3. third

python
  def prime(n):
      """Whether n
      is one"""
      return all(n % d for d in range(2, n))  # slow

  print(prime(7))

name │ 値段 │ what it is, in a long title that is broken
─────┼──────┼───────────────────────────────────────────
two  │    2 │  the only one that is even, which is odd
三   │  300 │      日本語の長い文章がここにあります

│ quoted text
│
│ │ twice

Title

Inline $a_1 * b_2 * c$ and \\(x_i\\), <b>html</b> & 👩\u200d👩\u200d👧 é ไทย
한국어。

────────────────────────────────────────────────────────────

<div>
block
</div>

• [link][1]

[1]: https://example.com`

/** The screen after a text came in pieces, with a drawing after each. */
async function screenOf(pieces: readonly string[], columns = 60, rows = 20): Promise<string> {
  const terminal = new Terminal(columns, rows)
  const writer = new MarkdownWriter(new LiveArea(terminal))
  for (const piece of pieces) {
    writer.add(piece)
    writer.draw()
  }
  writer.end()
  return terminal.text()
}

test('all of Markdown has its look', async () => {
  expect(await screenOf([DOCUMENT])).toBe(LOOK)
})

test.each([
  [80, 24],
  [60, 20],
  [30, 8],
  [12, 4],
  [5, 3],
  [1, 2],
])('a screen of %i columns and %i rows shows the same however the text was cut', async (columns, rows) => {
  const whole = await screenOf([DOCUMENT], columns, rows)
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      expect(await screenOf(cutAt(DOCUMENT, places), columns, rows)).toBe(whole)
    }),
    { numRuns: 30 },
  )
  expect(await screenOf([...DOCUMENT], columns, rows)).toBe(whole)
})

test('a link is one where the terminal knows them, unless its text claims another address', async () => {
  const terminal = new Terminal(80)
  const writer = new MarkdownWriter(new LiveArea(terminal), { hasLinks: true })
  writer.add(
    '[here](https://a.example/x) [https://bank.example](https://evil.example) [odd](javascript:alert)',
  )
  writer.end()
  expect(terminal.written).toContain('\u001b]8;;https://a.example/x\u001b\\')
  expect(await terminal.text()).toBe(
    'here https://bank.example (https://evil.example) odd (javascript:alert)',
  )
})

test('code is coloured, line by line, with what goes over lines', () => {
  const terminal = new Terminal()
  const writer = new MarkdownWriter(new LiveArea(terminal))
  writer.add('```ts\nconst a = "b" // c\n/* d\nconst e */ return 5\n```')
  writer.end()
  for (const row of [
    '\u001b[35mconst\u001b[0m a = \u001b[32m"b"\u001b[0m \u001b[2;3m// c\u001b[0m',
    '\u001b[2;3mconst e */\u001b[0m \u001b[35mreturn\u001b[0m \u001b[33m5\u001b[0m',
  ])
    expect(terminal.written).toContain(row)
})

test('control characters do nothing, wherever they stand', async () => {
  const evil = '\u001b]0;title\u0007\u001b[2J\u009b2J\u001b]52;c;aGk=\u0007'
  const places = [
    evil,
    `# ${evil}`,
    `- ${evil}`,
    `\`${evil}\``,
    `[${evil}](https://a.example/${evil})`,
    `![${evil}](${evil})`,
    `> ${evil}`,
    `| ${evil} |\n|---|\n| ${evil} |`,
    `<b>${evil}</b>`,
    `[1]: ${evil}`,
    `$${evil}$`,
    '```' + evil + '\n' + evil + '\n```',
  ]
  for (const text of places) {
    const terminal = new Terminal()
    const writer = new MarkdownWriter(new LiveArea(terminal), { hasLinks: true })
    writer.add(text)
    writer.draw()
    writer.end()
    const ours = /\u001b\[(?:\?(?:7|2026)[hl]|\d*[AKJ]|[\d;]*m)|\u001b\]8;;(?:https:[!-~]*)?\u001b\\|[\r\n]/g
    expect(terminal.written.replaceAll(ours, '')).not.toMatch(/[\0-\x1f\x7f-\x9f]/)
  }
})

test.each([
  ['brackets', '['.repeat(50_000)],
  ['stars', '*a **b '.repeat(4000)],
  ['quotes', '> '.repeat(20_000)],
  ['nested lists', Array.from({ length: 500 }, (_, n) => `${' '.repeat(n * 2)}- a`).join('\n')],
  ['one long word', 'a'.repeat(200_000)],
  ['backticks', '`a'.repeat(20_000)],
  ['links', '[a]('.repeat(8000)],
  ['combining marks', `e${'\u0301'.repeat(30_000)}`],
  ['a table without end', `|a|\n|-|\n${'|b|\n'.repeat(5000)}`],
  ['dollars', '$a '.repeat(10_000)],
  ['formulas', '\\[a '.repeat(8000)],
  ['tags', '<a '.repeat(10_000)],
])('%s in any number are shown in little time', async (_name, text) => {
  const started = performance.now()
  const terminal = new Terminal()
  const writer = new MarkdownWriter(new LiveArea(terminal))
  for (const piece of cutAt(
    text,
    Array.from({ length: 20 }, (_, n) => n * 3001),
  )) {
    writer.add(piece)
    writer.draw()
  }
  writer.end()
  expect(performance.now() - started).toBeLessThan(4000)
  expect((await terminal.text()).length).toBeGreaterThan(0)
})

test('a long answer costs each of its pieces the same', async () => {
  const time = async (blocks: number): Promise<number> => {
    const pieces = DOCUMENT.repeat(blocks).match(/.{1,4}/gs) ?? []
    const writer = new MarkdownWriter(new LiveArea(new Terminal()))
    const started = performance.now()
    for (const piece of pieces) writer.add(piece)
    writer.end()
    return (performance.now() - started) / blocks
  }
  await time(5)
  const short = await time(10)
  expect(await time(100)).toBeLessThan(3 * short + 2)
})

test('a change of size in the midst of a block loses nothing', async () => {
  const words = Array.from({ length: 200 }, (_, n) => `word${n}`)
  const terminal = new Terminal(60, 12)
  const writer = new MarkdownWriter(new LiveArea(terminal))
  for (const [at, word] of words.entries()) {
    writer.add(`${word} ${at % 60 === 59 ? '\n\n' : ''}`)
    if (at % 45 === 44) terminal.resize([30, 80, 20][at % 3]!, 12)
    writer.draw()
  }
  writer.end()
  const found: readonly string[] = (await terminal.text()).match(/word\d+/g) ?? []
  expect(words.filter((word) => !found.includes(word))).toEqual([])
})
