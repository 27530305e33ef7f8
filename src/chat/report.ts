import { warn } from '#platform'
import type { Fitted } from '../capabilities/fits.ts'
import { ChatError } from '../core/errors.ts'
import type { Adjustment } from '../core/turn.ts'
import type { Session } from './session.ts'

/** What was changed, each thing once: what a refusal taught says more than that it was left out. */
export const toldOf = (fitted: Fitted, lessons: readonly Adjustment[]): readonly Adjustment[] => [
  ...lessons,
  ...fitted.adjustments.filter(({ name }) => !lessons.some((lesson) => lesson.name === name)),
]

/** What is told where a demand was not heeded. */
export const NOT_CALLED: Adjustment = {
  type: 'tool-calls',
  name: 'not-called',
  message: 'a tool had to be called, and the model called none',
}

/** These change what was asked of whom, not the request. */
const HARMLESS = new Set<Adjustment['type']>(['tool-calls', 'route', 'fallback'])

/** Warns of adjustments once per model, or refuses to make them. */
export function report({ adjust, line, model, warned }: Session, adjustments: Iterable<Adjustment>): void {
  for (const { type, name, message } of adjustments) {
    // State that is left out could never be read by the one who is asked.
    if (adjust === 'error' && !HARMLESS.has(type) && name !== 'opaque')
      throw new ChatError(
        `The request would have to be changed, which adjust: 'error' forbids: ${message}.`,
        { code: 'bad-request', provider: line.provider.name },
      )
    const key = `${model} ${name}`
    if (adjust === 'silent' || warned.has(key)) continue
    warned.add(key)
    warn(`${line.provider.name}/${model}: ${message}`)
  }
}
