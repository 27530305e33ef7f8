import type { Input, UserTurn } from '../core/turn.ts'
import type { BatchApi } from '../providers/batch-api.ts'
import type { BatchFile } from './batch-file.ts'
import type { BatchOptions } from './batch-options.ts'
import type { Purpose, Setting } from './parallel-item.ts'
import type { PromptSource } from './parallel-source.ts'

/** What a run works with. */
export interface BatchTools<T> {
  readonly place: Pick<Setting<unknown>, 'session' | 'catalogs'>
  readonly purpose: Purpose<T>
  readonly source: PromptSource
  readonly options: BatchOptions
  readonly batches: BatchApi
  readonly file: BatchFile
  /** The digest of what all answers depend on. */
  readonly settings: string
  /** Is told after each look at how far it is. */
  readonly news: () => void
}

/** A prompt as it is asked. */
export interface Asked {
  readonly index: number
  readonly prompt: Input
  readonly input: UserTurn
}
