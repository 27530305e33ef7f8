import { harmless, note } from './io.ts'
import { Settings, templateOf } from './settings.ts'
import { table } from './table.ts'
import type { TemplatesTask } from './task.ts'

/** Lists the templates of the config files, and gives the exit code. */
export async function templates({ json }: TemplatesTask): Promise<number> {
  const all = [...(await Settings.read()).all('templates')].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const { stdout } = process
  if (json)
    for (const [name, { value, file }] of all)
      stdout.write(`${JSON.stringify({ name, ...templateOf(value), from: file.path })}\n`)
  else if (all.length === 0) note('no config file has templates; natter templates --help tells how')
  else {
    const rows = all.map(([name, { value, file }]) => {
      const { description, prompt } = templateOf(value)
      return [name, file.origin, (description ?? prompt).replaceAll(/\s+/g, ' ')]
    })
    stdout.write(`${harmless(table([['name', 'from', 'what'], ...rows], stdout.columns))}\n`)
  }
  return 0
}
