import { ChatError } from '../core/errors.ts'
import type { Delta } from '../core/delta.ts'
import { TurnBuilder } from '../core/turn-builder.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { WireError } from '../dialects/dialect.ts'
import { dialectOf } from '../dialects/lazy-dialects.ts'
import { bareUrl } from '../lib/bare-url.ts'
import type { Batch, BatchAnswer } from '../providers/batch-api.ts'
import { explain } from '../providers/failure.ts'
import type { BatchWay, KeptAnswer } from './batch-file.ts'
import { costOfSession } from './cost-of-session.ts'
import { located } from './located.ts'
import type { Setting } from './parallel-item.ts'
import { readersFor } from './readers.ts'
import type { Session } from './session.ts'
import { tally } from './tally.ts'
import { recordUsage } from './token-ledger.ts'

/** Where answers belong. */
type Place = Pick<Setting<unknown>, 'session' | 'catalogs'>

/** What is to be kept of an answer as it came: a turn as a chat would have it, or why there is none. */
export async function keptAnswer(place: Place, answer: BatchAnswer, way: BatchWay): Promise<KeptAnswer> {
  const { session } = place
  const { outcome } = answer
  if (outcome === 'failed') return failedWith(await refusalOf(session, answer))
  if (outcome !== 'answered') return notAsked(session, outcome)
  let turn: AssistantTurn
  try {
    turn = await turnIn(session, answer.body, way)
  } catch (error) {
    if (error instanceof WireError)
      return failedWith(await refusalOf(session, { ...answer, body: error.body }))
    if (!(error instanceof SyntaxError)) throw error
    const { name: provider } = session.line.provider
    const message = `${provider} answered with something that is no chat answer.`
    return failedWith(new ChatError(message, { code: 'bad-reply', provider, body: answer.body }))
  }
  const booked = await tally(session, turn)
  const { dollars: cost } = await costOfSession({ ...session, turns: [booked] }, 'all', place.catalogs)
  recordUsage(session.line.provider.id, session.model, booked.usage, cost)
  for (const listen of session.listeners.onRequestEnd) await listen(booked)
  return { turn: booked, ...(cost !== undefined && { cost }) }
}

/** What is to be kept of a prompt that a batch ended without, and nothing more will come. */
export function keptSilence(session: Session, { state, error, status }: Batch): KeptAnswer {
  if (state === 'expired' || state === 'cancelled') return notAsked(session, state)
  const { provider } = session.line
  const said = error ? `: ${error}` : ` (${status})`
  return state === 'failed'
    ? failedWith(
        new ChatError(`${provider.name} could do nothing with the whole batch${said}`, {
          code: 'bad-request',
          provider: provider.name,
        }),
      )
    : failedWith(
        new ChatError(`${provider.name} is through with the batch, and has no answer to this prompt.`, {
          code: 'bad-reply',
          provider: provider.name,
        }),
      )
}

function notAsked({ line: { provider } }: Session, state: 'expired' | 'cancelled'): KeptAnswer {
  const message =
    state === 'expired'
      ? `${provider.name} did not come to this prompt before the batch expired. With retry: true it is handed in again.`
      : `The batch was cancelled before ${provider.name} came to this prompt. With retry: true it is handed in again.`
  return failedWith(new ChatError(message, { code: state, provider: provider.name }))
}

const failedWith = ({ name: _name, message, ...details }: ChatError): KeptAnswer => ({
  error: { ...details, message },
})

async function refusalOf({ line, model }: Session, { status, body }: BatchAnswer): Promise<ChatError> {
  const { provider, baseUrl, headers } = line
  return (await explain(new WireError(body ?? {}), {
    provider,
    url: baseUrl,
    model,
    status,
    headers,
  })) as ChatError
}

async function turnIn(
  session: Session,
  body: unknown,
  { adjustments, reading }: BatchWay,
): Promise<AssistantTurn> {
  const { provider, baseUrl } = session.line
  const readers = await readersFor(await dialectOf(provider.dialect), reading ? { reading } : {}, undefined)
  const reader = readers.next()
  const deltas: Delta[] = []
  reader.read(JSON.stringify(body), deltas)
  reader.end(deltas)
  if (!reader.isComplete) throw new SyntaxError('it is not whole')
  const builder = new TurnBuilder((n) => `call_${session.turns.length}_${n}`)
  for (const delta of deltas) builder.push(delta)
  const facts = { provider: provider.id, ...(adjustments.length > 0 && { adjustments }) }
  // Few servers say that it was a batch, and some say `default`.
  return located({ ...builder.build(facts), serviceTier: 'batch' }, bareUrl(baseUrl))
}
