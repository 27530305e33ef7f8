import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transform } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeBlocks, pages, type CodeBlock } from './docs/code-blocks.ts'
import { startStandIn } from './docs/stand-in.ts'

const LIMIT = 30_000
const REDIRECT = pathToFileURL(resolve('test/docs/redirect.mjs')).href

const blocks = pages()
  .flatMap(codeBlocks)
  .filter(({ marks }) => !marks.has('no-check'))
const typed = blocks.filter(({ language }) => language === 'ts')

// Inside the repository, so that `natter` means this package, as built.
mkdirSync('.cache', { recursive: true })
const folder = mkdtempSync('.cache/docs-')
let standIn: Awaited<ReturnType<typeof startStandIn>>
let complaints: readonly string[]

beforeAll(async () => {
  const build = await run(process.execPath, ['scripts/fresh-dist.mjs'], LIMIT * 2)
  if (build.code !== 0) throw new Error(build.output)
  writeFileSync(join(folder, 'natter'), `#!/bin/sh\nexec node '${resolve('dist/cli/main.js')}' "$@"\n`, {
    mode: 0o755,
  })
  standIn = await startStandIn()
  complaints = await typeCheck()
})

afterAll(() => {
  standIn?.close()
  rmSync(folder, { recursive: true })
})

test('the README has code to run', () => {
  expect(typed.filter(({ page, marks }) => page === 'README.md' && !marks.has('no-run'))).not.toEqual([])
})

for (const block of typed) {
  test(`${place(block)} type-checks`, () => {
    expect(complaints.filter((line) => line.startsWith(nameOf(block)))).toEqual([])
  })
}

for (const block of blocks.filter(isRun)) {
  test(`${place(block)} runs`, { timeout: LIMIT * 2 }, async () => {
    const { code, output } = await execute(block)
    expect(code, output).toBe(0)
  })
}

function isRun({ language, marks }: CodeBlock): boolean {
  return /^[jt]s$/.test(language) ? !marks.has('no-run') : /^(ba)?sh$/.test(language) && marks.has('run')
}

async function execute(block: CodeBlock): Promise<Outcome> {
  if (block.language.endsWith('sh')) return run('bash', ['-euo', 'pipefail', '-c', block.text], LIMIT)
  const { code } = await transform(block.text, {
    loader: block.language === 'ts' ? 'ts' : 'js',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    // So that a stack trace names the page's line.
    sourcefile: resolve(block.page),
  })
  const file = join(folder, `${nameOf(block)}.mjs`)
  writeFileSync(file, code)
  return run(process.execPath, ['--enable-source-maps', file], LIMIT)
}

/** One program over every block: a block's complaints start with its name. */
async function typeCheck(): Promise<readonly string[]> {
  for (const block of typed) writeFileSync(join(folder, `${nameOf(block)}.ts`), block.text)
  // Without paths `natter` is what is built, as it is for a reader.
  const compilerOptions = { noEmit: true, rootDir: '../..', noUnusedLocals: false, paths: {} }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'] }),
  )
  const { output } = await run('node_modules/.bin/tsc', ['-p', folder, '--pretty', 'false'], LIMIT)
  return output
    .split('\n')
    .filter((line) => line.includes('error TS'))
    .map((line) => line.replaceAll(`${folder}/`, ''))
}

interface Outcome {
  readonly code: number
  readonly output: string
}

/** Runs with the stand-in in place of Hugging Face, a key, and nothing of the person's own set-up. */
function run(command: string, args: readonly string[], timeout: number): Promise<Outcome> {
  const env = {
    PATH: [resolve(folder), resolve('node_modules/.bin'), process.env['PATH']].join(delimiter),
    HOME: resolve(folder),
    NO_COLOR: '1',
    HF_TOKEN: 'hf_test',
    OPENAI_API_KEY: 'sk-test',
    ...(standIn && { DOCS_STAND_IN: standIn.url, NODE_OPTIONS: `--import=${REDIRECT}` }),
  }
  return new Promise((done) => {
    const child = execFile(command, args, { env, timeout }, (error, stdout, stderr) => {
      const killed = error?.killed ? `\nstopped after ${timeout / 1000} s` : ''
      done({ code: error ? Number(error.code) || 1 : 0, output: stdout + stderr + killed })
    })
    child.stdin?.end()
  })
}

function place({ page, line }: CodeBlock): string {
  return `${page} line ${line}`
}

function nameOf({ page, line }: CodeBlock): string {
  return `${page.replace(/\.md$/, '').replaceAll('/', '-')}-${line}`
}
