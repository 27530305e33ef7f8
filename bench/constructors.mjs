// What a program weighs that imports one of natter's constructors, and which dialects it loads.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle, dialectsIn } from '../scripts/bundle.mjs'
import { figures, tableFrom } from './report.mjs'

const NOTE =
  'A program that imports only this, bundled, minified and gzipped, with what is loaded at once; a dialect that is not comes with the first request that needs it, and adds as much.'

const root = join(import.meta.dirname, '..')

/** kB of one constructor, and what each of the dialects `names` adds that comes with a request, in bytes. */
async function weigh(constructor, names) {
  const program = (...more) =>
    [
      `import { ${constructor} } from './dist/index.js'`,
      ...more.map((name, at) => `import * as more${at} from './dist/dialects/${name}.js'`),
      `console.log(${[constructor, ...more.map((_, at) => `more${at}`)].join()})`,
    ].join('\n')
  const [node, browser] = await Promise.all(
    ['node', 'browser'].map((platform) => bundle(program(), platform, root)),
  )
  const { atOnce, later } = dialectsIn(node, names)
  const added = await Promise.all(
    later.map(async (name) => [name, (await bundle(program(name), 'node', root)).bytes - node.bytes]),
  )
  return { node: node.bytes / 1000, browser: browser.bytes / 1000, atOnce, added }
}

/** The dialects of a program, as in `gemini + 7.53 kB`. */
const dialectsOf = ({ atOnce, added }) =>
  [
    ...atOnce.map((name) => `${name}, at once`),
    ...added.map(([name, bytes]) => `${name} + ${figures(bytes / 1000)} kB`),
  ].join('; ')

/** The case `constructors`, which is of natter alone: it makes its table itself. */
export const constructors = {
  name: 'constructors',
  title: 'Weight by constructor',
  async table() {
    const { PROVIDERS } = await import(pathToFileURL(join(root, 'dist/chats.js')).href)
    const all = [...PROVIDERS.values()]
    const names = [...new Set(all.map(({ facts }) => facts.dialect.id))]
    const rows = [['', 'for Node', 'for a browser', 'dialects']]
    for (const { construct } of all) {
      const weighed = await weigh(construct.name, names)
      const sizes = [weighed.node, weighed.browser].map((size) => `${figures(size)} kB`)
      rows.push([`\`${construct.name}\``, ...sizes, dialectsOf(weighed)])
    }
    return `## ${this.title} (\`${this.name}\`)\n\n${tableFrom(rows)}\n\n${NOTE}\n`
  },
}
