import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

type Files = Readonly<Record<string, string>>

const PACKAGE = {
  name: 'natter',
  type: 'module',
  exports: { '.': './dist/index.js', './local': './dist/local/index.js' },
  imports: { '#transport': { node: './dist/providers/node.js', default: './dist/providers/web.js' } },
}
const GOOD = {
  'src/index.ts': "export { chat } from './chat/chat.ts'\n",
  'src/local/index.ts': "export { engine } from './engine.ts'\nexport { chatLocal } from './chat-local.ts'\n",
  'src/local/chat-local.ts': "import { chat } from '../chat/chat.ts'\n\nexport const chatLocal = chat\n",
  'src/local/engine.ts': 'export const engine = 1\n',
  'src/chat/chat.ts': "import '#transport'\n\nexport const chat = 1\n",
  'src/chat/chat-faults.test.ts': "import '../index.ts'\nimport 'node:http'\n",
  'src/chat/echo.ts': "import 'node:tty'\n",
  'src/providers/web.ts': 'export const web = 1\n',
  'dist/index.js': "export const chatHuggingFace = () => import('./lib/lazy.js')\n",
  'dist/lib/lazy.js': `export const large = '${noise(40_000)}'\n`,
  'src/lib/lazy.ts': 'export {}\n',
}

const typeOf = (name: string): string => `import type { T } from './${name}.ts'\n\nexport type T${name} = T\n`
const bin = (name: string): string => resolve('node_modules/.bin', name)
const script = (name: string): readonly string[] => [process.execPath, resolve('scripts', name)]

interface Rule {
  readonly command: readonly string[]
  /** A file that breaks the rule, and what the rule says about it. */
  readonly faults: Readonly<Record<string, readonly [file: string, text: string, complaint: string]>>
}

const RULES: Readonly<Record<string, Rule>> = {
  arrows: {
    command: script('arrows.mjs'),
    faults: {
      'an import to the left': ['src/core/a.ts', "import '../chat/chat.ts'\n", 'core ─► chat'],
      'a lazy import to the left': ['src/core/b.ts', "void import('../chat/chat.ts')\n", 'core ─► chat'],
      'a mapped import to the left': ['src/core/c.ts', "import '#transport'\n", 'core ─► providers'],
      'the library importing the engine': ['src/chats.ts', "import './local/engine.ts'\n", 'chats ─► local'],
      'the engine importing the library': ['src/local/d.ts', "import '../core/a.ts'\n", 'only itself'],
      'Node where a browser runs too': ['src/core/e.ts', "import 'node:fs'\n", 'runs outside Node'],
      'a list of exports inside': ['src/core/f.ts', "export * from './a.ts'\n", 'a barrel'],
      'a folder without a place': ['src/misc/g.ts', 'export {}\n', 'src/misc has no place'],
    },
  },
  'house rules': {
    command: script('house.mjs'),
    faults: {
      'a long file': ['src/core/a.ts', 'export {}\n'.repeat(301), '301 lines'],
      'a name in camel case': ['src/core/aB.ts', '\n', 'not kebab-case'],
      'a test with nothing beside it': ['src/core/turn.test.ts', '\n', 'no file of this name'],
      'a test among the scripts': ['scripts/a.test.ts', '\n', 'beside its code'],
      'an unfinished thought': ['src/core/c.ts', `\n// ${'TO' + 'DO'}: more\n`, '2: an unfinished'],
      'a zero-width space': ['docs/errors.md', 'two\u200bwords\n', '1: an invisible'],
      'a control character': ['src/core/d.ts', "export const x = '\x1b'\n", '1: a control character'],
      'a missing newline': ['README.md', 'natter', 'no newline'],
      'a path of one machine': ['bench/run.mjs', `open('${'/wo' + 'rk'}/x')\n`, '1: a path of one'],
      'an empty word': ['src/core/e.ts', 'export class TurnManager {}\n', '1: an empty word'],
    },
  },
  lint: {
    command: [bin('oxlint'), '--format=unix', 'src'],
    faults: {
      'a cycle': ['src/a.ts', "import './a/b.ts'\n", 'no-cycle'],
      'its other half': ['src/a/b.ts', "import '../a.ts'\n", 'no-cycle'],
      'a cycle of types': ['src/c.ts', typeOf('d'), 'no-cycle'],
      'the other half of that': ['src/d.ts', typeOf('c'), 'no-cycle'],
      any: ['src/e.ts', 'export const a = (b: any): unknown => b\n', 'no-explicit-any'],
      'a namespace': ['src/f.ts', 'export namespace A {\n  export const b = 1\n}\n', 'no-namespace'],
      'a default export': ['src/g.ts', 'export default 1\n', 'no-default-export'],
      'an unused name': ['src/h.ts', 'const b = 1\nexport {}\n', 'no-unused-vars'],
    },
  },
  format: {
    command: [bin('oxfmt'), '--check', 'src'],
    faults: { 'a semicolon': ['src/a.ts', 'export const a = 1;\n', ''] },
  },
  'bundle size': {
    command: script('size.mjs'),
    faults: {
      'Node in the browser': ['dist/index.js', `import 'node:fs'\n${GOOD['dist/index.js']}`, 'node:fs'],
    },
  },
}

for (const [rule, { command, faults }] of Object.entries(RULES)) {
  describe(rule, () => {
    test('passes a good tree', () => {
      expect(run(command, GOOD)).toMatchObject({ status: 0 })
    })

    let found: ReturnType<typeof run> | undefined
    for (const [name, [file, , complaint]] of Object.entries(faults)) {
      test(`finds ${name}`, () => {
        const broken = Object.values(faults).map(([path, text]) => [path, text])
        found ??= run(command, { ...GOOD, ...Object.fromEntries(broken) })
        const about = found.output
          .split('\n')
          .filter((line) => line.includes(file) && line.includes(complaint))
        expect(about, found.output).not.toEqual([])
        expect(found.status).toBe(1)
      })
    }
  })
}

test('bundle size finds a large import', () => {
  const large = `export const chatHuggingFace = '${noise(40_000)}'\n`
  const { status, output } = run(script('size.mjs'), { ...GOOD, 'dist/index.js': large })
  expect(output).toContain('20.5 kB is the most')
  expect(status).toBe(1)
})

test('bundle size finds a page that is too large', () => {
  const page = { 'dist/web/page/assets/a.js': `export const a = '${noise(200_000)}'\n` }
  const { status, output } = run(script('size.mjs'), { ...GOOD, ...page })
  expect(output).toContain('150 kB is the most')
  expect(status).toBe(1)
})

function run([command = '', ...args]: readonly string[], files: Files) {
  const root = mkdtempSync(join(tmpdir(), 'natter-check-'))
  try {
    for (const name of ['.oxlintrc.json', '.oxfmtrc.json']) cpSync(name, join(root, name))
    // What is built comes last: the size check must not find it older than its sources.
    const sorted = Object.entries(files).sort(
      ([a], [b]) => Number(a.startsWith('dist')) - Number(b.startsWith('dist')),
    )
    for (const [path, text] of [['package.json', JSON.stringify(PACKAGE)], ...sorted] as const) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
    return { status, output: stdout + stderr }
  } finally {
    rmSync(root, { recursive: true })
  }
}

function noise(bytes: number): string {
  return randomBytes(bytes).toString('base64')
}
