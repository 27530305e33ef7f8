import { BEHAVIOURS } from './backends.ts'
import type { Behaviour, Need } from './behaviour.ts'
import type { Cell, Telling } from './matrix.ts'
import { COLUMNS } from './needs.ts'

/** What a cell comes to, in a word: right, by which way, or the code of the error. */
function wordOf({ outcome, changes }: Cell): string {
  if (outcome !== 'right') return `\`${outcome}\``
  const ways = changes.filter((name) => WAYS.has(name))
  return ways.length > 0 ? ways.map((way) => WAYS.get(way)).join(', ') : '✓'
}

/** Changes that show how an answer was got; of parameters the row itself says enough. */
const WAYS: ReadonlyMap<string, string> = new Map([
  ['fold', 'fold'],
  ['schema', 'form'],
  ['prompt', 'prompt'],
  ['leaked', 'lifted'],
  ['value', 'TGI'],
  ['top-level', 'Together'],
  ['object-schema', 'Fireworks'],
  ['json-object', 'JSON'],
  ['tool', 'tool'],
  ['inline', 'inline'],
  ['content', 'parts'],
])

/** The matrix as Markdown: a row for each way in which a backend differs, a column for each need. */
export function tableOf(cells: ReadonlyMap<string, Cell>): string {
  const head = ['a backend that', ...COLUMNS.map(({ need }) => need)]
  const rows = BEHAVIOURS.map((behaviour) => [
    behaviour.says,
    ...COLUMNS.map(({ need }) => both(cells, behaviour, need)),
  ])
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** What comes where the catalogue and the template tell, and where they do not, if that is not the same. */
function both(cells: ReadonlyMap<string, Cell>, { name }: Behaviour, need: Need): string {
  const [known = '', unknown = ''] = (['known', 'unknown'] satisfies Telling[]).map((telling) => {
    const cell = cells.get(keyOf(name, need, telling))
    return cell ? wordOf(cell) : '?'
  })
  return known === unknown ? known : `${known} / ${unknown}`
}

/** The name of a cell. */
export const keyOf = (behaviour: string, need: Need, telling: Telling): string =>
  `${behaviour} ${need} ${telling}`
