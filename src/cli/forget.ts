import { splitModel } from '../capabilities/model-name.ts'
import { forgetLearned } from '../providers/model-capabilities.ts'
import { note } from './io.ts'
import type { ForgetTask } from './task.ts'

/** Forgets what was learned, says of how much, and gives the exit code. */
export async function forget({ model }: ForgetTask): Promise<number> {
  // A rule such as :fastest names no backend.
  const { id, policy } = splitModel(model ?? '')
  const name = policy ? id : model
  const number = await forgetLearned(name)
  const whom = name ?? 'any model'
  note(
    number === 0
      ? `nothing was learned of ${whom}`
      : `forgot what was learned of ${name ?? 'all models'}: ${number} ${number === 1 ? 'entry' : 'entries'}`,
  )
  return 0
}
