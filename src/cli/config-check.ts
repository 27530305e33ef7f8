import type { NatterConfig, PromptTemplate } from '../core/config.ts'
import { params } from '../core/params.ts'
import { distance } from '../lib/edit-distance.ts'
import { isObject } from '../lib/merge.ts'
import { UsageError } from './failure.ts'

const KEYS: readonly (keyof NatterConfig)[] = ['model', 'system', 'params', 'tools', 'aliases', 'templates']
const TEMPLATE_KEYS: readonly (keyof PromptTemplate)[] = [
  'prompt',
  'description',
  'model',
  'system',
  'params',
]

/**
 * What a config file holds, once it is known to be right.
 * @throws UsageError that names the file, the key and what it should be
 */
export function checkConfig(value: unknown, file: string): NatterConfig {
  const config = membersOf(value, KEYS, file, '')
  checkWho(config, file, '')
  const { tools, aliases, templates } = config
  if (tools !== undefined && !(Array.isArray(tools) && tools.every(isObject)))
    throw wrong(file, 'tools', 'a list of tools', tools)
  for (const [name, model] of entriesOf(aliases, file, 'aliases'))
    if (typeof model !== 'string' || model === '') throw wrong(file, `aliases.${name}`, 'a model', model)
  for (const [name, template] of entriesOf(templates, file, 'templates')) {
    const at = `templates.${name}`
    if (typeof template === 'string') continue
    const { prompt, description, ...who } = membersOf(template, TEMPLATE_KEYS, file, `${at}.`)
    if (typeof prompt !== 'string') throw wrong(file, `${at}.prompt`, 'a text', prompt)
    if (description !== undefined && typeof description !== 'string')
      throw wrong(file, `${at}.description`, 'a text', description)
    checkWho(who, file, `${at}.`)
  }
  return config
}

type Members = Readonly<Record<string, unknown>>

function membersOf(value: unknown, known: readonly string[], file: string, place: string): Members {
  if (!isObject(value)) throw wrong(file, place.slice(0, -1) || 'the config', 'an object', value)
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const [nearest = ''] = known.toSorted((a, b) => distance(a, name) - distance(b, name))
    const isNear = distance(nearest, name) <= Math.max(2, nearest.length / 3)
    throw new UsageError(
      `${file}: there is no ${place}${name}; ${isNear ? `did you mean ${place}${nearest}?` : `it may have ${known.join(', ')}`}`,
    )
  }
  return value
}

function checkWho({ model, system, params: values }: Members, file: string, place: string): void {
  for (const [name, text] of Object.entries({ model, system }))
    if (text !== undefined && (typeof text !== 'string' || text === ''))
      throw wrong(file, place + name, 'a text', text)
  if (values === undefined) return
  if (!isObject(values)) throw wrong(file, `${place}params`, 'an object', values)
  try {
    params(values)
  } catch (error) {
    throw new UsageError(`${file}: ${place}params: ${(error as Error).message}`, { cause: error })
  }
}

function entriesOf(value: unknown, file: string, name: string): readonly (readonly [string, unknown])[] {
  if (value === undefined) return []
  if (!isObject(value)) throw wrong(file, name, 'an object', value)
  return Object.entries(value)
}

const wrong = (file: string, name: string, what: string, value: unknown): UsageError =>
  new UsageError(`${file}: ${name} must be ${what}: got ${JSON.stringify(value) ?? typeof value}`)
