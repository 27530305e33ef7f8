import type { ChatRequest } from '../core/request.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import type { Dialect, Quirks } from '../dialects/dialect.ts'
import type { Capabilities } from './capabilities.ts'
import { fitHistory } from './fit-history.ts'
import { fitParams } from './fit-params.ts'
import { fitSchema } from './fit-schema.ts'
import { fitTools } from './fit-tools.ts'
import { type Fitted, spellingsOf } from './fits.ts'

/**
 * Mends a request to what a dialect, a provider and a model are known to take, before it is spelled.
 * @param toolPrompt the model's own words for the tools, for where they must be offered in the prompt
 */
export function fit(
  asked: ChatRequest,
  dialect: Dialect,
  quirks: Quirks,
  known: Capabilities,
  toolPrompt?: string,
): Fitted {
  const names = { ...dialect.paramNames, ...quirks.paramNames, ...known.paramNames }
  const omit = [...(quirks.omit ?? []), ...(known.omit ?? [])]
  const adjustments: Adjustment[] = []
  const params = fitParams(asked.params, { names, omit, model: asked.model }, known, adjustments)
  const turns = fitHistory(asked.turns, adjustments)
  const { request: formed, way } = fitSchema(
    { ...asked, params, turns },
    known,
    { spellings: spellingsOf(dialect, quirks), own: quirks.schemaSpelling ?? 'json-schema' },
    adjustments,
  )
  const { request: tooled, reading } = fitTools(formed, known, adjustments, toolPrompt)
  const request = known.system === 'fold' ? folded(tooled, adjustments) : tooled
  return {
    request,
    quirks: {
      ...quirks,
      ...(known.toolCallIds && { toolCallIds: known.toolCallIds }),
      ...(known.content && { content: known.content }),
      ...(known.strict === false && { strict: false }),
      ...(known.resultNames === false && { resultNames: false }),
      ...(way && way !== 'tool' && way !== 'prompt' && { schemaSpelling: way }),
      paramNames: names,
      omit,
    },
    adjustments,
    ...(reading && { reading }),
    ...(way === 'tool' && { reading: 'data-call' as const }),
  }
}

/** The system prompt before the first user turn's own words: Gemma 2 and its like say "System role not supported", others drop it. */
function folded(request: ChatRequest, notes: Adjustment[]): ChatRequest {
  const { system, ...rest } = request
  if (!system) return request
  notes.push({
    type: 'system',
    name: 'fold',
    message:
      'the system prompt was put before the first prompt: the model has no system role, or is not known to have one',
  })
  const [first, ...others] = rest.turns
  const prompt = { type: 'text', text: system } as const
  const turns: readonly Turn[] =
    first?.role === 'user'
      ? [
          {
            ...first,
            contents: [
              ...first.contents.filter(isResult),
              prompt,
              ...first.contents.filter((it) => !isResult(it)),
            ],
          },
          ...others,
        ]
      : [{ role: 'user', contents: [prompt] }, ...rest.turns]
  return { ...rest, turns }
}

const isResult = ({ type }: { readonly type: string }): boolean => type === 'tool-result'
