import { type Capabilities, toolsWay } from '../capabilities/capabilities.ts'
import { fit } from '../capabilities/fit.ts'
import type { Fitted } from '../capabilities/fits.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Session } from './session.ts'
import type { Target } from './target.ts'

/** A request changed so that a model takes it; tools that go into the prompt do so in the model's own words, where those are known. */
export async function mended(
  { line, routing }: Session,
  { id }: Target,
  request: ChatRequest,
  known: Capabilities,
): Promise<Fitted> {
  const { dialect, quirks = {} } = line.provider
  const isPrompted = routing && request.tools && toolsWay(known) === 'prompt'
  const words = isPrompted
    ? await (await import('../providers/model-hints.ts')).toolPromptOf(line, id, request.tools)
    : undefined
  return fit(request, dialect, quirks, known, words)
}
