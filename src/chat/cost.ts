import type { Price } from '../capabilities/prices.ts'
import type { TokenPrices } from '../capabilities/token-prices.ts'
import type { AssistantTurn, Turn } from '../core/turn.ts'

/** What answers cost: the sum and who says so, or what is known of it and why that is not all. */
export type Cost =
  | {
      /** In US dollars. */
      readonly dollars: number
      /** Where the prices are from, each once; empty where nothing was asked. */
      readonly sources: readonly (Price & { dollars: number })['source'][]
    }
  | {
      readonly dollars: undefined
      /** The cost of the answers whose price is known. */
      readonly knownDollars: number
      /** How many answers have no known price. */
      readonly unpriced: number
      /** Why, for the first of them. */
      readonly reason: string
    }

/** What is known of a chat whose cost is asked for; a session is one. */
export interface Costed {
  readonly turns: readonly Turn[]
  readonly model: string
  readonly line: { readonly provider: { readonly id: string } }
  /** The user's own prices. */
  readonly price?: TokenPrices | undefined
  /** The router's catalogue, where it is at hand. */
  readonly catalog?: unknown
  /** Other providers that were asked, by their ids. */
  readonly others?: ReadonlyMap<string, { readonly model: string; readonly catalog?: unknown }> | undefined
}

/** What the answers to all questions cost, or those to the last one (with tools there are several). */
export async function costOf(chat: Costed, include: 'all' | 'last' = 'all'): Promise<Cost> {
  if (include !== 'all' && include !== 'last')
    throw new TypeError(`include must be 'all' or 'last': it is ${JSON.stringify(include)}`)
  const answers = (include === 'all' ? chat.turns : sinceLastQuestion(chat.turns)).filter(
    (turn) => turn.role === 'assistant',
  )
  return sumPrices(await Promise.all(answers.map((turn) => priceTurn(turn, chat))))
}

/** What one answer cost: as booked on the turn, else by `priceOf`. */
export async function priceTurn(turn: AssistantTurn, chat: Omit<Costed, 'turns'>): Promise<Price> {
  if (turn.cost !== undefined) return { dollars: turn.cost, source: 'booked' }
  const { priceOf } = await import('../capabilities/prices.ts')
  const { usage, servedBy, serviceTier, provider: providerId = chat.line.provider.id } = turn
  const { model = turn.model, price, catalog } = asked(providerId, chat)
  if (model === undefined)
    return { dollars: undefined, reason: `the answer of ${providerId} does not say which model gave it` }
  const query = { providerId, servedBy, serviceTier, usage, override: price, catalog }
  // The server's own name first: a chat may have changed its model since. Backends also have names that nobody lists.
  const named =
    turn.model === undefined || turn.model === model
      ? undefined
      : await priceOf({ ...query, model: turn.model })
  return named && named.dollars !== undefined ? named : priceOf({ ...query, model })
}

/** What is known of a provider that was asked. */
const asked = (
  id: string,
  { line, others, ...chat }: Omit<Costed, 'turns'>,
): Partial<Pick<Costed, 'model' | 'price' | 'catalog'>> =>
  id === line.provider.id ? chat : (others?.get(id) ?? {})

/** The sum of prices; undefined where one is, with what is known and why it is not all. */
export function sumPrices(prices: Iterable<Price>): Cost {
  const sources = new Set<(Price & { dollars: number })['source']>()
  let known = 0
  let unpriced = 0
  let reason = ''
  for (const price of prices) {
    if (price.dollars === undefined) {
      unpriced++
      reason ||= price.reason
    } else {
      known += price.dollars
      sources.add(price.source)
    }
  }
  return unpriced > 0
    ? { dollars: undefined, knownDollars: known, unpriced, reason }
    : { dollars: known, sources: [...sources] }
}

/** The turns from the last question on; one that carries tool results belongs to the question before. */
function sinceLastQuestion(turns: readonly Turn[]): readonly Turn[] {
  const at = turns.findLastIndex(
    (turn) => turn.role === 'user' && !turn.contents.every((content) => content.type === 'tool-result'),
  )
  return turns.slice(Math.max(0, at))
}
