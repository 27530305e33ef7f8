import type { Content } from '../core/content.ts'
import { type Params, isStandardParam } from '../core/params.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import type { Dialect, Quirks, SchemaSpelling } from '../dialects/dialect.ts'
import type { Capabilities } from './capabilities.ts'
import { isAbroad } from './home.ts'

/** A request that the model can take, and what was changed for that. */
export interface Fitted {
  readonly request: ChatRequest
  readonly quirks: Quirks
  readonly adjustments: readonly Adjustment[]
  /** How the answer must be read, where its text is not simply text: a form that may hold calls, or data that comes as a call. */
  readonly reading?: 'form' | 'data-call'
}

/** A request as it is, where a model takes it so; undefined where it must be mended, which `fit` does. Most requests fit. */
export function asItIs(
  request: ChatRequest,
  dialect: Dialect,
  quirks: Quirks,
  capabilities: Capabilities | undefined,
  baseUrl: string,
): Fitted | undefined {
  const { turns, params } = request
  const isFine =
    capabilities === undefined &&
    !(request.schema && quirks.schemaSpelling) &&
    takesAll(params, { ...dialect.paramNames, ...quirks.paramNames }, quirks.omit) &&
    turns.every(
      (turn, i) =>
        turn.role !== turns[i - 1]?.role &&
        !isEmpty(turn) &&
        (turn.role !== 'user' || isPaired(turn, turns[i - 1])),
    ) &&
    !isAbroad(turns, { dialect: dialect.id, baseUrl })
  return isFine ? { request, quirks, adjustments: [] } : undefined
}

const takesAll = (params: Params, names: Quirks['paramNames'] = {}, omit: readonly string[] = []): boolean =>
  Object.keys(params).every((name) => (isStandardParam(name) ? names[name] : !omit.includes(name)))

/** Whether a turn says nothing that a server could be sent. */
export const isEmpty = (turn: Turn): boolean =>
  !(turn.role === 'assistant' && turn.refusal) &&
  turn.contents.every(
    (content) =>
      content.type === 'thinking' ||
      content.type === 'citation' ||
      (content.type === 'text' && content.text === ''),
  )

const idsOf = (turn: Turn | undefined, type: 'tool-call' | 'tool-result'): readonly string[] =>
  turn?.contents
    .filter((content): content is Extract<Content, { readonly type: typeof type }> => content.type === type)
    .map(({ id }) => id) ?? []

/** Whether each call of the turn before is answered here, and each result answers one. */
export function isPaired(turn: Turn, before: Turn | undefined): boolean {
  const calls = idsOf(before, 'tool-call')
  const results = idsOf(turn, 'tool-result')
  return calls.every((id) => results.includes(id)) && results.every((id) => calls.includes(id))
}

/** The spellings of a form that servers may know: a provider's own goes for the dialect's. */
export const spellingsOf = (
  { schemaSpellings }: Dialect,
  { schemaSpelling }: Quirks,
): readonly SchemaSpelling[] | undefined => (schemaSpelling ? [schemaSpelling] : schemaSpellings)
