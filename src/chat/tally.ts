import type { AssistantTurn } from '../core/turn.ts'
import type { Session } from './session.ts'

/** An answer with its cost, where that can be known now, and booked on the chat's budget. */
export async function tally(session: Session, turn: AssistantTurn): Promise<AssistantTurn> {
  const { price, line } = session
  const budget = await session.budget
  let { cost } = turn
  let reason: string | undefined
  // Looking a price up loads a list of them: that is left to chat.cost(), unless a price or a budget was given.
  // An answer that was cut off before its tokens were told has no price to look up, and whoever stopped it does not wait.
  const isCut = turn.usage === undefined && (turn.finish === 'aborted' || turn.finish === 'error')
  if (cost === undefined && !isCut && (price || budget?.needsPrices)) {
    const [{ priceTurn }, { catalogOf }] = await Promise.all([
      import('./cost.ts'),
      import('../providers/catalog.ts'),
    ])
    const priced = await priceTurn(turn, {
      ...session,
      catalog: price ? undefined : (await catalogOf(line))?.body,
    })
    cost = priced.dollars
    if (priced.dollars === undefined) reason = priced.reason
  }
  const booked = cost === undefined ? turn : { ...turn, cost }
  budget?.add(booked, reason)
  return booked
}
