import type { Fitted } from '../capabilities/fits.ts'
import type { ToolSpec } from '../core/request.ts'
import type { Dialect, Reader } from '../dialects/dialect.ts'
import type { LeakReader } from '../dialects/leaked-reader.ts'
import type { ToolFormReader } from '../dialects/tool-form-reader.ts'

/** What reads the answers to a request: a new reader for each try. */
export interface Readers {
  next(): Reader
  /** Who has looked for calls in the text of the last. */
  leaks(): LeakReader | undefined
  /** Who has read a form in its text. */
  form(): ToolFormReader | undefined
}

/** Readers of answers that may call tools, or hold data in another way than as their text. */
export async function readersFor(
  dialect: Dialect,
  { reading }: Pick<Fitted, 'reading'>,
  tools: readonly ToolSpec[] | undefined,
): Promise<Readers> {
  // Only a model with tools can leak a call.
  const leaky = tools && (await import('../dialects/leaked-reader.ts'))
  const form = reading === 'form' ? await import('../dialects/tool-form-reader.ts') : undefined
  const data = reading === 'data-call' ? await import('../dialects/data-call-reader.ts') : undefined
  let leaks: LeakReader | undefined
  let filled: ToolFormReader | undefined
  return {
    leaks: () => leaks,
    form: () => filled,
    next() {
      let reader = dialect.reader()
      if (data) reader = new data.DataCallReader(reader)
      if (form && tools) reader = filled = new form.ToolFormReader(reader, tools)
      return leaky && tools ? (leaks = new leaky.LeakReader(reader, tools)) : reader
    },
  }
}
