import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { copyText } from './clipboard.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-clipboard-'))
  for (const name of ['DISPLAY', 'WSL_DISTRO_NAME']) vi.stubEnv(name, undefined)
  vi.stubEnv('WAYLAND_DISPLAY', 'wayland-0')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const copied = async (text: string): Promise<{ readonly way: string; readonly written: string }> => {
  let written = ''
  const way = await copyText(text, (sequence) => void (written += sequence))
  return { way, written }
}

test.skipIf(process.platform !== 'linux')("the system's program gets the text as it is", async () => {
  const program = join(folder, 'wl-copy')
  writeFileSync(program, `#!/bin/sh\ncat > '${join(folder, 'clipboard')}'\n`)
  chmodSync(program, 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  expect(await copied('Größe\n日本')).toEqual({ way: 'wl-copy', written: '' })
  expect(readFileSync(join(folder, 'clipboard'), 'utf8')).toBe('Größe\n日本')
})

test('where there is none, or it fails, the terminal is told', async () => {
  vi.stubEnv('PATH', folder)
  expect(await copied('text')).toEqual({ way: 'the terminal', written: '\u001b]52;c;dGV4dA==\u0007' })
  await expect(copied('x'.repeat(100_000))).rejects.toThrow('/save writes it to a file')
})
