import { type Capabilities, toolsWay } from '../capabilities/capabilities.ts'
import { fit } from '../capabilities/fit.ts'
import { fitHome } from '../capabilities/fit-home.ts'
import type { Fitted } from '../capabilities/fits.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Adjustment } from '../core/turn.ts'
import type { Dialect, Quirks } from '../dialects/dialect.ts'
import { INLINED, inlined } from './inline-images.ts'
import type { Session } from './session.ts'
import type { Target } from './target.ts'

/** Who asks, and how its server is spoken to. */
interface Speech {
  readonly session: Session
  readonly dialect: Dialect
  readonly quirks: Quirks
}

/** A request changed so that a model takes it; tools that go into the prompt do so in the model's own words, where those are known. */
export async function mended(
  { session, dialect, quirks }: Speech,
  { id }: Target,
  asked: ChatRequest,
  known: Capabilities,
): Promise<Fitted> {
  const { line, routing } = session
  const notes: Adjustment[] = []
  const turns = fitHome(asked.turns, { dialect: dialect.id, baseUrl: line.baseUrl }, notes)
  const mine = turns === asked.turns ? asked : { ...asked, turns }
  const request = known.imageUrls === 'inline' ? await inlined(mine, line.baseUrl) : mine
  const isPrompted = routing && request.tools && toolsWay(known) === 'prompt'
  const words = isPrompted
    ? await (await import('../providers/model-hints.ts')).toolPromptOf(line, id, request.tools)
    : undefined
  const fitted = fit(request, dialect, quirks, known, words)
  if (request !== mine) notes.push(INLINED)
  return notes.length > 0 ? { ...fitted, adjustments: [...fitted.adjustments, ...notes] } : fitted
}
