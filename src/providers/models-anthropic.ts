import type { ModelInfo } from '../capabilities/model-info.ts'
import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'
import type { ListModels } from './api.ts'
import { dateOf } from './models-row.ts'
import { type Page, allPages } from './paged.ts'

/** What a page of Anthropic's `GET /models` lists. https://platform.claude.com/docs/en/api/models/list */
export function readPage(body: unknown): Page<ModelInfo> {
  const { data, has_more: hasMore, last_id: last } = isObject(body) ? body : {}
  return {
    items: Array.isArray(data) ? data.flatMap(read) : [],
    next: hasMore === true && typeof last === 'string' ? last : undefined,
  }
}

function read(row: unknown): readonly ModelInfo[] {
  if (!isObject(row) || typeof row.id !== 'string') return []
  const { id, display_name: name, max_input_tokens: context, capabilities } = row
  const created = dateOf(row.created_at)
  const image = can(capabilities, 'image_input')
  const structured = can(capabilities, 'structured_outputs')
  const pdf = can(capabilities, 'pdf_input')
  return [
    {
      id,
      ...(typeof name === 'string' && { name }),
      ...(created && { created }),
      owner: 'anthropic',
      ...(isAmount(context) && context > 0 && { contextLength: context }),
      ...(image !== undefined && {
        inputs: ['text', ...(image ? ['image'] : []), ...(pdf ? ['pdf'] : [])],
        outputs: ['text'],
      }),
      capabilities: {
        ...(structured !== undefined && { structured }),
        ...(image !== undefined && { image }),
      },
    },
  ]
}

function can(capabilities: unknown, name: string): boolean | undefined {
  const ability = isObject(capabilities) ? capabilities[name] : undefined
  return isObject(ability) && typeof ability.supported === 'boolean' ? ability.supported : undefined
}

/** The models of Anthropic. */
export const listModels: ListModels = (api) =>
  allPages(async (mark) => {
    const after = mark === undefined ? '' : `&after_id=${encodeURIComponent(mark)}`
    return readPage(await api.json({ path: `models?limit=1000${after}` }))
  })
