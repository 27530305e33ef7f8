import type { Backend } from '../capabilities/catalog.ts'
import { type ModelInfo, type ModelWish, fitting, lowestOf } from '../capabilities/model-info.ts'
import type { ModelCapabilities } from '../capabilities/model-facts.ts'
import { capabilities } from '../providers/model-capabilities.ts'
import { modelsHuggingFace } from '../providers/models-huggingface.ts'
import { tokenInUse } from './account.ts'
import { flag, prices, tokens } from './in-words.ts'
import { harmless, note } from './io.ts'
import { pageOf } from './model-page.ts'
import { table } from './table.ts'
import type { ModelsTask } from './task.ts'

const { stdout } = process

/** Lists models, or tells what is known of one, and gives the exit code. */
export async function models(task: ModelsTask): Promise<number> {
  // What is printed can hold no token, whoever sends it back.
  tokenInUse()
  return task.id === undefined ? list(task) : one(task.id, task)
}

async function list({ wish, baseUrl, json }: ModelsTask): Promise<number> {
  const found = await modelsHuggingFace({ ...wish, baseUrl })
  if (json) {
    stdout.write(`${JSON.stringify(found.map(recordOf))}\n`)
    return 0
  }
  if (found[0]?.isStale) note('the list is an old one: no newer could be had')
  if (found.length === 0) note('no model has all of that')
  else
    stdout.write(`${harmless(table([TITLES, ...found.map((info) => rowOf(info, wish))], stdout.columns))}\n`)
  return 0
}

const TITLES = ['model', 'context', '$in/$out', 'tools', 'json', 'images', 'backends']

/** What the backends give that have all that is asked for. */
function rowOf(info: ModelInfo, wish: ModelWish): readonly string[] {
  const able = info.backends ? fitting(info, wish) : undefined
  const contexts = (able ?? []).flatMap(({ contextLength }) => contextLength ?? [])
  return [
    info.id,
    tokens(contexts.length > 0 ? Math.max(...contexts) : undefined),
    prices(lowestOf(able ?? [])),
    flag(info.capabilities.tools),
    flag(info.capabilities.structured),
    flag(info.capabilities.image),
    able === undefined ? '' : namesOf(able),
  ]
}

const namesOf = (backends: readonly Backend[]): string =>
  backends.length > 0 ? backends.map(({ name }) => name).join(', ') : 'none now'

/** One of the list of `--json`: always the same members, null where nothing is known. */
const recordOf = ({ capabilities: able, ...info }: ModelInfo): object => ({
  id: info.id,
  name: info.name ?? null,
  created: info.created ?? null,
  owner: info.owner ?? null,
  contextLength: info.contextLength ?? null,
  prices: info.prices ?? null,
  inputs: info.inputs ?? null,
  outputs: info.outputs ?? null,
  capabilities: {
    tools: able.tools ?? null,
    structured: able.structured ?? null,
    image: able.image ?? null,
  },
  backends: info.backends ?? [],
  isStale: info.isStale ?? false,
})

async function one(id: string, { baseUrl, json }: ModelsTask): Promise<number> {
  const known = await capabilities(id, { baseUrl })
  if (isNothing(known)) throw new Error(known.missing.map(({ message }) => message).join(' '))
  stdout.write(json ? `${JSON.stringify(known)}\n` : `${harmless(pageOf(known, stdout.columns))}\n`)
  return 0
}

/** Whether nobody has heard of a model. */
const isNothing = ({ model: _model, missing: _missing, backends, ...facts }: ModelCapabilities): boolean =>
  backends.length === 0 && Object.keys(facts).length === 0
