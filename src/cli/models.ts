import type { Backend } from '../capabilities/catalog.ts'
import type { ModelCapabilities } from '../capabilities/model-facts.ts'
import { type ModelInfo, lowestOf } from '../capabilities/model-info.ts'
import { type ModelWish, fitting } from '../capabilities/model-wish.ts'
import { PROVIDER_NAMES, models as listOf, providerNamed } from '../chats.ts'
import { capabilities } from '../providers/model-capabilities.ts'
import { tokenInUse } from './account.ts'
import { UsageError } from './failure.ts'
import { flag, prices, tokens } from './in-words.ts'
import { harmless, note } from './io.ts'
import { pageOf } from './model-page.ts'
import { reached } from './reached.ts'
import { table } from './table.ts'
import type { ModelsTask } from './task.ts'

const { stdout } = process

/** Lists models, or tells what is known of one, and gives the exit code. */
export async function models(task: ModelsTask): Promise<number> {
  // What is printed can hold no token, whoever sends it back.
  tokenInUse()
  const { name = 'huggingface', baseUrl } = task
  if (PROVIDER_NAMES.includes(name)) return list(name, task)
  // A model of the Hub is owner/name; a server of one's own calls its models whatever it likes.
  if (name.includes('/') || baseUrl !== undefined) return one(name.replace(/^huggingface\//, ''), task)
  return list(providerOf(name), task)
}

/** @throws UsageError for a provider there is none of, with what was probably meant */
function providerOf(name: string): string {
  try {
    return providerNamed(name).facts.id
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; a model of the Hub is written owner/name`, {
      cause: error,
    })
  }
}

async function list(provider: string, task: ModelsTask): Promise<number> {
  const { wish, json } = task
  if (wish.provider !== undefined && provider !== 'huggingface')
    throw new UsageError(`--backend chooses among those of Hugging Face: ${provider} has none`)
  const found = await listed(provider, task)
  if (json) {
    stdout.write(`${JSON.stringify(found.map(recordOf))}\n`)
    return 0
  }
  if (found[0]?.isStale) note('the list is an old one: no newer could be had')
  if (found.length === 0) note(isWish(wish) ? 'no model has all of that' : 'there are no models')
  else stdout.write(`${harmless(table(rowsOf(found, wish), stdout.columns))}\n`)
  return 0
}

/** @throws UsageError for what does not make sense of this provider */
async function listed(provider: string, task: ModelsTask): Promise<readonly ModelInfo[]> {
  const options = await reached(provider, task)
  try {
    return await listOf(provider, { ...options, ...task.wish })
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message, { cause: error }) : error
  }
}

const isWish = (wish: ModelWish): boolean => Object.values(wish).some((value) => value !== undefined)

const TITLES = ['model', 'context', '$in/$out', 'modalities', 'tools', 'json', 'backends']

/** What is not known is left blank; who has no backends needs no column for them. */
function rowsOf(found: readonly ModelInfo[], wish: ModelWish): readonly (readonly string[])[] {
  const rows = [TITLES, ...found.map((info) => rowOf(info, wish))]
  return found.some(({ backends }) => backends) ? rows : rows.map((row) => row.slice(0, -1))
}

/** Behind a router: what the backends give that have all that is asked for. */
function rowOf(info: ModelInfo, wish: ModelWish): readonly string[] {
  const { id, capabilities: able } = info
  const served = info.backends && fitting(info, wish)
  const contexts = (served ?? [info]).flatMap(({ contextLength }) => contextLength ?? [])
  return [
    id,
    told(contexts.length > 0 ? Math.max(...contexts) : undefined, tokens),
    told(served ? lowestOf(served) : info.prices, prices),
    modalities(info),
    told(able.tools, flag),
    told(able.structured, flag),
    told(served, namesOf),
  ]
}

const told = <T>(value: T | undefined, inWords: (value: T) => string): string =>
  value === undefined ? '' : inWords(value)

/** What is read and what is written, as in `text+image->text`. */
function modalities({ inputs, outputs, capabilities: { image } }: ModelInfo): string {
  const reads = inputs ?? (image === undefined ? undefined : ['text', ...(image ? ['image'] : [])])
  return [reads, outputs].flatMap((kinds) => kinds?.join('+') ?? []).join('->')
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

async function one(id: string, { baseUrl, json, wish, ...task }: ModelsTask): Promise<number> {
  const { provider: backend, ...more } = wish
  if (isWish(more))
    throw new UsageError(
      `what is asked for chooses from the list of all: natter models ${id} tells all of that one`,
    )
  const model = backend === undefined ? id : `${id.replace(/:.*/, '')}:${backend}`
  const { apiKey, fetch } = await reached('huggingface', { ...task, baseUrl })
  const known = await capabilities(model, { baseUrl, apiKey, fetch })
  if (isNothing(known)) throw new Error(known.missing.map(({ message }) => message).join(' '))
  stdout.write(json ? `${JSON.stringify(known)}\n` : `${harmless(pageOf(known, stdout.columns))}\n`)
  return 0
}

/** Whether nobody has heard of a model. */
const isNothing = ({ model: _model, missing: _missing, backends, ...facts }: ModelCapabilities): boolean =>
  backends.length === 0 && Object.keys(facts).length === 0
