import { type Capabilities, toolsWay } from '../capabilities/capabilities.ts'
import { fit } from '../capabilities/fit.ts'
import type { Fitted } from '../capabilities/fits.ts'
import type { ChatRequest } from '../core/request.ts'
import { INLINED, inlined } from './inline-images.ts'
import type { Session } from './session.ts'
import type { Target } from './target.ts'

/** A request changed so that a model takes it; tools that go into the prompt do so in the model's own words, where those are known. */
export async function mended(
  { line, routing }: Session,
  { id }: Target,
  asked: ChatRequest,
  known: Capabilities,
): Promise<Fitted> {
  const { dialect, quirks = {} } = line.provider
  const request = known.imageUrls === 'inline' ? await inlined(asked, line.baseUrl) : asked
  const isPrompted = routing && request.tools && toolsWay(known) === 'prompt'
  const words = isPrompted
    ? await (await import('../providers/model-hints.ts')).toolPromptOf(line, id, request.tools)
    : undefined
  const fitted = fit(request, dialect, quirks, known, words)
  return request === asked ? fitted : { ...fitted, adjustments: [...fitted.adjustments, INLINED] }
}
