import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeText } from './write-text-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-write-'))
afterAll(() => rmSync(folder, { recursive: true }))
const modeOf = (path: string): number => statSync(path).mode & 0o777

test('a file and the folders on the way are made, for their owner only', () => {
  const path = join(folder, 'a', 'b', 'c.json')
  expect(writeText(path, 'some text ✓')).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe('some text ✓')
  expect(modeOf(path)).toBe(0o600)
  expect(modeOf(join(folder, 'a', 'b'))).toBe(0o700)
})

test('a file that others could read is replaced by one that they cannot, and no draft is left', () => {
  const path = join(folder, 'open.json')
  writeFileSync(path, 'old', { mode: 0o644 })
  expect(writeText(path, 'new')).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(modeOf(path)).toBe(0o600)
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('what cannot be written is told, not thrown, and what was there stays', () => {
  const taken = join(folder, 'taken')
  mkdirSync(taken)
  writeFileSync(join(taken, 'inside'), 'stays')
  expect(writeText(taken, 'text')).toBe(false)
  expect(writeText(join(taken, 'inside', 'below.json'), 'text')).toBe(false)
  expect(readdirSync(taken)).toEqual(['inside'])
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})
