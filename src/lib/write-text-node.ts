import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Writes a file for its owner only, whole or not at all; false where that cannot be done. */
export function writeText(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, path)
    return true
  } catch {
    discard(draft)
    return false
  }
}

/** Where a folder on the way is no folder, even what is not there cannot be removed. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // there was nothing to discard
  }
}
