// npm run soak: the tests that need minutes, with as much work as they are meant for.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const LONG = [
  'test/cli-map.test.ts',
  'test/parallel-resume.test.ts',
  'test/parallel-pace.test.ts',
  'test/queue.test.ts',
]

const env = {
  ...process.env,
  NATTER_SOAK_ROWS: '2000',
  NATTER_SOAK_PROMPTS: '5000',
  NATTER_SOAK_QUEUE: '2000',
}
const script = fileURLToPath(new URL('test.mjs', import.meta.url))
const args = process.argv.length > 2 ? process.argv.slice(2) : LONG
const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit', env })
process.exitCode = status ?? 1
