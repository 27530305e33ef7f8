import type { ModelInfo } from '../capabilities/model-info.ts'
import type { TokenPrices } from '../capabilities/token-prices.ts'
import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'
import type { ListModels } from './api.ts'
import { priced } from './models-row.ts'
import { type Page, allPages } from './paged.ts'

const PAGE = 100

/** What a page of Workers AI's `models/search` lists that writes text. https://developers.cloudflare.com/api/resources/ai/subresources/models/methods/list/ */
export function readPage(body: unknown, page = 1): Page<ModelInfo> {
  const rows = isObject(body) && Array.isArray(body.result) ? body.result : []
  return { items: rows.flatMap(read), next: rows.length < PAGE ? undefined : String(page + 1) }
}

function read(row: unknown): readonly ModelInfo[] {
  if (!isObject(row) || typeof row.name !== 'string') return []
  const { name: id, task, properties } = row
  if (isObject(task) && task.name !== 'Text Generation') return []
  const told = new Map(
    (Array.isArray(properties) ? properties.filter(isObject) : []).map(({ property_id: name, value }) => [
      name,
      value,
    ]),
  )
  const context = Number(told.get('context_window') ?? Number.NaN)
  const prices = pricesOf(told.get('price'))
  const owner = /^@\w+\/([^/]+)\//.exec(id)?.[1]
  const [tools, image] = ['function_calling', 'vision'].map((name) => flag(told.get(name)))
  return [
    {
      id,
      ...(owner !== undefined && { owner }),
      ...(context > 0 && { contextLength: context }),
      ...(prices && { prices }),
      capabilities: { ...(tools !== undefined && { tools }), ...(image !== undefined && { image }) },
    },
  ]
}

/** A list such as `{unit: 'per M input tokens', price: 0.29, currency: 'USD'}`. */
function pricesOf(value: unknown): TokenPrices | undefined {
  const rows = Array.isArray(value) ? value.filter(isObject) : []
  const [input, output] = ['input', 'output'].map((side) => {
    const row = rows.find(({ unit }) => unit === `per M ${side} tokens`)
    return row?.currency === 'USD' && isAmount(row.price) ? row.price : undefined
  })
  return input === undefined || output === undefined ? undefined : priced(input, output, undefined, undefined)
}

const flag = (value: unknown): boolean | undefined =>
  value === undefined ? undefined : value === true || value === 'true'

/** The models of Workers AI: beside the chat, which is at `…/accounts/{id}/ai/v1`. */
export const listModels: ListModels = (api) => {
  const base = api.baseUrl.replace(/\/v1\/*$/, '')
  return allPages(async (mark = '1') =>
    readPage(await api.json({ path: `${base}/models/search?per_page=${PAGE}&page=${mark}` }), Number(mark)),
  )
}
