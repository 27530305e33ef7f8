// Imports point one way: a file may import from its own folder and from what stands to its right.
//   cli ─► web mcp queue testing ─► sessions ─► local ─► index ─► chats ─► chat-with ─► chat ─► providers ─► capabilities ─► dialects ─► core ─► lib
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'
import { filesUnder, report } from './files.mjs'

const ORDER = [
  ['cli'],
  ['web', 'mcp', 'queue', 'testing'],
  ['sessions'],
  ['local'],
  ['index'],
  ['chats'],
  ['chats-makers', 'chats-hosts', 'chats-clouds', 'chats-servers', 'model-lists'],
  ['chat-with'],
  ['chat'],
  ['providers'],
  ['capabilities'],
  ['dialects'],
  ['core'],
  ['lib'],
]
// These run in a browser, Deno and Bun as well.
const NO_NODE = new Set(['core', 'dialects', 'capabilities', 'chat'])
// The engine is a server of its own; only its chat and its public list may know the rest.
const LOCAL_DOORS = new Set(['src/local/chat-local.ts', 'src/local/index.ts'])

// A fallback is named as chat() takes it, so what makes a chat must find who makes all: the one arrow back, loaded late.
const LATE = new Map([['src/chat-with.ts', 'src/chats.ts']])

const { imports = {}, exports = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
const entries = new Set(Object.values(exports).filter(isString).map(sourceOf))

const problems = []
for (const file of filesUnder('src').filter(
  (path) => /\.([cm]?ts|tsx)$/.test(path) && !path.includes('.test.'),
)) {
  const from = folderOf(file)
  if (rankOf(from) < 0) problems.push(`${file}: src/${from} has no place in scripts/arrows.mjs`)
  const text = readFileSync(file, 'utf8')
  if (isBarrel(text) && !entries.has(file)) {
    problems.push(`${file}: a barrel; only what package.json exports may be a list of exports`)
  }
  for (const specifier of specifiersOf(text)) {
    const problem = judge(file, from, specifier)
    if (problem) problems.push(`${file}: ${problem}`)
  }
}
report(problems)

function judge(file, from, specifier) {
  if (specifier.startsWith('node:')) {
    const isForNode = !NO_NODE.has(from) || file.startsWith('src/chat/echo')
    return isForNode ? undefined : `imports ${specifier}, but src/${from} runs outside Node too`
  }
  for (const target of targetsOf(file, specifier)) {
    const to = folderOf(target)
    if (to === from || LATE.get(file) === target) continue
    if (from === 'local' && !LOCAL_DOORS.has(file))
      return `imports ${target}, but the engine imports only itself`
    if (rankOf(to) < 0) return `imports ${target}, which has no place in scripts/arrows.mjs`
    if (rankOf(to) <= rankOf(from)) return `imports ${target}: ${from} ─► ${to} is against the arrows`
  }
  return undefined
}

/** The files of ours that a specifier can mean: one for a relative path, one per condition for `#name`. */
function targetsOf(file, specifier) {
  if (specifier.startsWith('.')) return [posix.join(posix.dirname(file), specifier)]
  if (specifier.startsWith('#')) return leavesOf(imports[specifier]).map(sourceOf)
  return []
}

function leavesOf(value) {
  return isString(value) ? [value] : Object.values(value ?? {}).flatMap(leavesOf)
}

function sourceOf(built) {
  return built.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts')
}

function specifiersOf(text) {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
}

function isBarrel(text) {
  const { statements } = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest)
  return statements.length > 0 && statements.every((it) => ts.isExportDeclaration(it) && it.moduleSpecifier)
}

function folderOf(file) {
  return file.split('/')[1].replace(/\.[cm]?ts$/, '')
}

function rankOf(folder) {
  return ORDER.findIndex((names) => names.includes(folder))
}

function isString(value) {
  return typeof value === 'string'
}
