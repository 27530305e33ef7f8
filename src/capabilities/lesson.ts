import type { Adjustment } from '../core/turn.ts'
import type { Capabilities } from './capabilities.ts'

/** What a refusal taught. */
export interface Lesson {
  readonly capabilities: Capabilities
  /** What will be changed because of it, where that says more than what `fit` tells of the change. */
  readonly adjustment?: Adjustment
}
