import { toTranscript } from '../chat/transcript.ts'
import type { Params } from '../core/params.ts'
import { configFiles, isAllowed, trust } from './config-file.ts'
import { UsageError } from './failure.ts'
import { harmless, note } from './io.ts'
import { type Setting, Settings, templateOf } from './settings.ts'
import { table } from './table.ts'
import type { ConfigTask } from './task.ts'

/** One thing that holds, and what says so. */
interface Row {
  readonly name: string
  readonly value: unknown
  readonly from: string
}

/** Shows what the config files say, or trusts the project's, and gives the exit code. */
export async function config({ trust: isTrust, json }: ConfigTask): Promise<number> {
  if (isTrust) return trustProject()
  const settings = await Settings.read()
  const rows = rowsOf(settings)
  const { stdout } = process
  if (json) {
    const files = settings.files.map(({ path, origin }) => ({ path, origin }))
    stdout.write(`${JSON.stringify({ files, settings: rows })}\n`)
    return 0
  }
  if (rows.length === 0) note('no config file says anything here; natter config --help tells of them')
  else stdout.write(`${harmless(table([['what', 'from', 'value'], ...rows.map(wordsOf)], stdout.columns))}\n`)
  return 0
}

function trustProject(): number {
  const file = configFiles(undefined).find(({ origin }) => origin === 'project')
  if (!file) throw new UsageError('there is no config file of a project here')
  if (isAllowed(file)) note(`${file.path} is read already`)
  else {
    trust(file.path)
    note(`${file.path} runs from now on, until it changes`)
  }
  return 0
}

function rowsOf(settings: Settings): readonly Row[] {
  const rows: Row[] = []
  const add = <T>(
    name: string,
    setting: Setting<T> | undefined,
    show = (value: T): unknown => value,
  ): void => {
    if (setting) rows.push({ name, value: show(setting.value), from: setting.file.path })
  }
  const model = process.env['NATTER_MODEL']
  if (model) rows.push({ name: 'model', value: model, from: 'NATTER_MODEL' })
  else add('model', settings.one('model'))
  add('system', settings.one('system'))
  for (const [name, setting] of settings.all('params')) {
    // What is named like a key is not shown.
    const { params } = toTranscript({
      provider: '-',
      model: '-',
      params: { [name]: setting.value } as Params,
      turns: [],
    })
    if (name in params) add(`params.${name}`, setting, () => params[name])
  }
  for (const tool of settings.tools) add(`tools.${tool.value.name}`, tool, descriptionOf)
  for (const [name, alias] of settings.all('aliases')) add(`aliases.${name}`, alias)
  for (const [name, template] of settings.all('templates'))
    add(`templates.${name}`, template, (one) => templateOf(one).prompt)
  return rows
}

const descriptionOf = (tool: object): unknown => ('description' in tool ? tool.description : '')

const wordsOf = ({ name, value, from }: Row): readonly string[] => [
  name,
  from,
  (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\s+/g, ' '),
]
