import { ChatError, type ChatOptions, type Params, chatHuggingFace } from 'natter'
import type { Behaviour, Need } from './behaviour.ts'
import { BEHAVIOURS, modelWith } from './backends.ts'
import type { HuggingFace } from './hugging-face.ts'
import type { Model } from './model.ts'
import { COLUMNS, type Column } from './needs.ts'

/** Whether the catalogue and the Hub tell what the model cannot do. */
export type Telling = 'known' | 'unknown'

/** What came of a cell: the right answer and how it was got, or the error. */
export interface Cell {
  readonly outcome: 'right' | 'wrong' | string
  /** The names of what was changed for it. */
  readonly changes: readonly string[]
  readonly said: unknown
  /** Statuses of the requests of the first chat, and of the second with the same model. */
  readonly first: readonly number[]
  readonly second: readonly number[]
}

const idOf = (behaviour: Behaviour, need: Need, telling: Telling): string =>
  `matrix/${behaviour.name}--${need.replaceAll(/\W/g, '-')}--${telling}`

/** A model for each cell, so that nothing that is learned of one helps another. */
export const MODELS: readonly Model[] = BEHAVIOURS.flatMap((behaviour) =>
  COLUMNS.flatMap(({ need }) =>
    (['known', 'unknown'] as const).map((catalogue) => ({
      ...modelWith(behaviour, { id: idOf(behaviour, need, catalogue), catalogue }),
      // The Hub files every model under a task, whatever else it knows.
      task: behaviour.lacks?.includes('image') ? 'text-generation' : 'image-text-to-text',
    })),
  ),
)

/** Asks what a cell asks, twice, in two chats. */
export async function fill(
  hub: HuggingFace,
  behaviour: Behaviour,
  column: Column,
  telling: Telling,
): Promise<Cell> {
  const model = idOf(behaviour, column.need, telling)
  const first = await run(hub, behaviour, column, model)
  const second = first.outcome === 'right' ? await run(hub, behaviour, column, model) : undefined
  return {
    ...first,
    outcome: second && second.outcome !== 'right' ? second.outcome : first.outcome,
    second: second?.statuses ?? [],
    first: first.statuses,
  }
}

async function run(
  hub: HuggingFace,
  behaviour: Behaviour,
  { right, ask, options }: Column,
  model: string,
): Promise<Omit<Cell, 'first' | 'second'> & { readonly statuses: readonly number[] }> {
  const isHopeless = behaviour.expects?.all !== undefined
  const all: ChatOptions = {
    model,
    baseUrl: hub.url,
    apiKey: 'hf_bench',
    adjust: 'silent',
    retries: isHopeless ? 0 : 2,
    timeout: { firstByte: 400, idle: 2000 },
    params: paramsOf(behaviour),
    ...options?.(behaviour),
  }
  const chat = chatHuggingFace({ ...all, route: 'fastest' })
  const before = statusesOf(hub, model).length
  let outcome: string
  let said: unknown
  try {
    said = await ask(chat, behaviour)
    outcome = JSON.stringify(said) === JSON.stringify(right) ? 'right' : 'wrong'
  } catch (error) {
    said = error
    outcome = error instanceof ChatError ? error.code : 'thrown'
  }
  const changes = chat.turns.flatMap((turn) =>
    turn.role === 'assistant' ? (turn.adjustments ?? []).map(({ name }) => name) : [],
  )
  return { outcome, said, changes: [...new Set(changes)], statuses: statusesOf(hub, model).slice(before) }
}

const statusesOf = (hub: HuggingFace, model: string): readonly number[] =>
  hub
    .chats()
    .filter(({ body }) => String((body as { model?: unknown }).model).split(':')[0] === model)
    .map(({ status }) => status)

const NAMES: Readonly<Record<string, string>> = {
  top_p: 'topP',
  top_k: 'topK',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxTokens',
  stop: 'stopSequences',
  logprobs: 'logProbs',
  reasoning_effort: 'reasoningEffort',
}
const NO_PARAMS = new Set(['messages', 'tools', 'tool_choice', 'response_format', 'stream', 'stream_options'])

/** The parameters on which a behaviour shows. */
const paramsOf = ({ bites = {} }: Behaviour): Params =>
  Object.fromEntries(
    Object.entries(bites)
      .filter(([field]) => !NO_PARAMS.has(field))
      .map(([field, value]) => [NAMES[field] ?? field, value]),
  )
