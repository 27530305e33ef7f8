import type { Opaque } from '../core/content.ts'
import { isObject } from '../lib/merge.ts'

/** A block of content as the Messages API spells it. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string }

/** The dialect's id, by which its contents know their opaque state again. */
export const ANTHROPIC_MESSAGES = 'anthropic-messages'

/** State that only this dialect may read. */
export const sealed = (value: unknown): Opaque => ({ dialect: ANTHROPIC_MESSAGES, value })

/** The value of this dialect's own state; undefined for another's. */
export const unsealed = (opaque: Opaque | undefined): unknown =>
  opaque?.dialect === ANTHROPIC_MESSAGES ? opaque.value : undefined

/** The blocks that a content was read from, to be sent back as they came; none for another dialect's. */
export function blocksOf(opaque: Opaque | undefined): readonly Block[] {
  const value = unsealed(opaque)
  return Array.isArray(value) ? value.filter(isBlock) : []
}

/** Whether a value is a block, and not what a transcript was filled with by hand. */
export const isBlock = (value: unknown): value is Block => isObject(value) && typeof value.type === 'string'
