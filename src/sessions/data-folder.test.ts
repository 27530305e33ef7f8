import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataFolder } from './data-folder.ts'

test('is where the system keeps the data of programs', () => {
  expect(dataFolder({}, 'linux')).toBe(join(homedir(), '.local/share/natter'))
  expect(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/natter')
  expect(dataFolder({}, 'darwin')).toBe(join(homedir(), 'Library/Application Support/natter'))
  expect(dataFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe('/local/natter')
})

test('is where NATTER_DATA says, on every system', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    expect(dataFolder({ NATTER_DATA: '/mine', XDG_DATA_HOME: '/data', LOCALAPPDATA: '/x' }, platform)).toBe(
      '/mine',
    )
})

test('passes over a relative XDG_DATA_HOME, as the specification says', () => {
  expect(dataFolder({ XDG_DATA_HOME: 'data' }, 'linux')).toBe(join(homedir(), '.local/share/natter'))
})
