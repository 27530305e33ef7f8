// The house rules that no other tool knows. CONTRIBUTING.md says why they are rules.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { filesUnder, report } from './files.mjs'

const MAX_LINES = 300
const SOURCES = ['src', 'test', 'scripts', 'bench', 'examples']
const PROSE = readdirSync('.').filter((name) => /\.md$|^[\w.-]+\.ts$/.test(name))
const EVERYTHING = [...SOURCES, 'docs', 'models', '.ci', ...PROSE]

// The brackets keep the patterns from finding themselves.
const FORBIDDEN = [
  [/\bTOD[O]\b|\bFIXM[E]\b/, 'an unfinished thought; do it, or file an issue'],
  [/\/wor[k]\/|\/tmp\/bash_job[s]/, 'a path of one machine'],
  [
    /[\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/,
    'an invisible character; write it as an escape',
  ],
  [/[\0-\x08\x0b-\x1f\x7f]/, 'a control character; write it as an escape'],
  [
    /^\s*(export )?(abstract )?(class|interface|type|function) \w+(Manager|Helper|Utils?|Impl|Base)\b/,
    'an empty word',
  ],
]

const problems = []
for (const file of filesUnder(...EVERYTHING)) {
  const isSource = SOURCES.some((folder) => file.startsWith(`${folder}/`))
  if (isSource) problems.push(...namesOf(file))
  if (/\.([cm]?[jt]s|tsx|css|html|md|py|sh)$|^\.ci\//.test(file))
    problems.push(...textOf(file, readFileSync(file, 'utf8')))
}
report(problems)

function* namesOf(file) {
  const name = basename(file)
  if (!/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(name) && !/^[A-Z]+\.md$/.test(name)) {
    yield `${file}: not kebab-case`
  }
  if (!/\.test(-d)?\.[cm]?ts$/.test(name) || file.startsWith('test/')) return
  if (!file.startsWith('src/')) {
    yield `${file}: a test stands beside its code in src/, or in test/`
  } else if (!hasSubject(file)) {
    yield `${file}: no file of this name beside it; a test that spans files stands in test/`
  }
}

/** `send.test.ts` and `send-faults.test.ts` both stand beside `send.ts`. */
function hasSubject(test) {
  const words = basename(test)
    .replace(/\.test.*/, '')
    .split(/[-.]/)
  return words.some((_, count) => {
    const start = words.slice(0, count + 1)
    return existsSync(`${dirname(test)}/${start.join('-')}.ts`)
  })
}

function* textOf(file, text) {
  if (!text.endsWith('\n')) yield `${file}: no newline at the end`
  const lines = text.split('\n')
  if (/^src\/.*\.tsx?$/.test(file) && lines.length - 1 > MAX_LINES) {
    yield `${file}: ${lines.length - 1} lines; cut it, ${MAX_LINES} is the most`
  }
  for (const [index, line] of lines.entries()) {
    for (const [pattern, what] of FORBIDDEN) {
      if (pattern.test(line)) yield `${file}:${index + 1}: ${what}`
    }
  }
}
