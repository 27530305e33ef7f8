import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openJournal } from './journal-node.ts'
import { JournalError, type JournalLine } from './journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-journal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newFile = (): string => join(folder, `j${files++}`)

async function linesOf(path: string): Promise<readonly JournalLine[]> {
  const journal = await openJournal(path)
  const lines: JournalLine[] = []
  for await (const line of journal.lines()) lines.push(line)
  await journal.close()
  return lines
}

test('lines of the same moment are all written, in their order, and read by their place', async () => {
  const path = newFile()
  const journal = await openJournal(path)
  const long = 'é'.repeat(100_000)
  const texts = ['a', long, ...Array.from({ length: 500 }, (_, n) => `line ${n}`), 'last']
  await Promise.all(texts.map((text) => journal.append(text)))
  await journal.close()
  const lines = await linesOf(path)
  expect(lines.map(({ text }) => text)).toEqual(texts)
  expect(lines.every(({ isWhole }) => isWhole)).toBe(true)
  const again = await openJournal(path)
  expect(await again.read(lines[1]!.at)).toBe(long)
  expect(await again.read(lines[400]!.at)).toBe('line 398')
  await again.close()
})

test('a line that was interrupted stays, and the next one begins on a line of its own', async () => {
  const path = newFile()
  writeFileSync(path, 'whole\ntor')
  expect(await linesOf(path)).toEqual([
    { text: 'whole', at: 0, isWhole: true },
    { text: 'tor', at: 6, isWhole: false },
  ])
  const journal = await openJournal(path)
  await journal.append('next')
  await journal.append('and next')
  await journal.close()
  expect(readFileSync(path, 'utf8')).toBe('whole\ntor\nnext\nand next\n')
})

test('a file is held once, by whichever name, until it is closed', async () => {
  const path = newFile()
  const alias = join(folder, 'alias')
  symlinkSync(folder, alias)
  const journal = await openJournal(path)
  await expect(openJournal(path)).rejects.toThrow(JournalError)
  await expect(openJournal(path.replace(folder, alias))).rejects.toThrow(/in use by another run/)
  await journal.close()
  expect(existsSync(`${path}.lock`)).toBe(false)
  await (await openJournal(path)).close()
})

test('who holds a file elsewhere is named, and what a dead process left is taken over', async () => {
  const path = newFile()
  const holder = { pid: 1, host: 'far-away', since: '2026-01-01T00:00:00.000Z' }
  writeFileSync(`${path}.lock`, JSON.stringify(holder))
  await expect(openJournal(path)).rejects.toThrow(/process 1 on far-away since 2026-01-01.*remove .*\.lock/)
  // A number that no process has, one that another process has by now, and one's own from before a restart.
  for (const dead of [
    { ...holder, host: hostname(), pid: 2 ** 22 + 1 },
    { ...holder, host: hostname(), pid: process.ppid, began: '1' },
    { ...holder, host: hostname(), pid: process.pid },
  ]) {
    writeFileSync(`${path}.lock`, JSON.stringify(dead))
    await (await openJournal(path)).close()
  }
  appendFileSync(`${path}.lock`, 'no JSON at all')
  await (await openJournal(path)).close()
})

test('a folder is no journal', async () => {
  await expect(openJournal(folder)).rejects.toThrow(/cannot open .*: it is a folder/)
  expect(existsSync(`${folder}.lock`)).toBe(false)
})
