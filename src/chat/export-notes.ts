import { isStandardTier } from '../capabilities/service-tiers.ts'
import type { Adjustment, AssistantTurn, Turn } from '../core/turn.ts'

/** What is exported; a Chat is one. */
export interface Exported {
  readonly turns: readonly Turn[]
  readonly systemPrompt?: string | undefined
  readonly model: string
  /** The provider's name, or the provider. */
  readonly provider: string | { readonly name: string }
  /** @default the model's name */
  readonly title?: string | undefined
}

/** The provider's name. */
export const providerName = ({ provider }: Exported): string =>
  typeof provider === 'string' ? provider : provider.name

/** The title, or one made of the model's name. */
export const titleOf = (chat: Exported): string => chat.title?.trim() || `Chat with ${chat.model}`

/** What is known of how an answer came, in a few words each: model, backend, tokens, price, time, and why it is not whole. */
export function notesOf(turn: AssistantTurn): readonly string[] {
  const { model, servedBy, serviceTier, usage, cost, duration, finish } = turn
  const cached = usage?.cachedInput ? ` (${count(usage.cachedInput)} cached)` : ''
  return [
    model ?? '',
    servedBy ? `by ${servedBy}` : '',
    usage?.input === undefined ? '' : `${count(usage.input)} tokens in${cached}`,
    usage?.output === undefined ? '' : `${count(usage.output)} tokens out`,
    serviceTier === undefined || isStandardTier(serviceTier) ? '' : `tier: ${serviceTier}`,
    cost === undefined ? '' : dollars(cost),
    duration === undefined ? '' : `${(duration / 1000).toFixed(1)} s`,
    finish === 'stop' || finish === 'tool-calls' ? '' : `finish: ${finish}`,
  ].filter(Boolean)
}

/** The messages of what was changed in a request. */
export const changesOf = (turn: AssistantTurn): readonly string[] =>
  (turn.adjustments ?? []).map(({ message }: Adjustment) => message)

/** An amount of US dollars, with as many digits as it takes to see one. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0'
  if (amount >= 0.01) return `$${amount.toFixed(2)}`
  return amount < 1e-6 ? 'under $0.000001' : `$${amount.toFixed(6).replace(/0+$/, '')}`
}

const count = (tokens: number): string => String(tokens).replaceAll(/\B(?=(\d{3})+$)/g, ',')

/** JSON to be read by people; text that is no JSON as it is. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? String(value)
}
