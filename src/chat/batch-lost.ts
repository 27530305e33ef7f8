import { ChatError } from '../core/errors.ts'
import type { Api } from '../providers/api.ts'
import type { Batch } from '../providers/batch-api.ts'
import type { BatchRecord } from './batch-file.ts'
import { pause } from './batch-patience.ts'
import type { BatchTools } from './batch-tools.ts'

/** After how long a batch that was handed in just now is in its provider's list, in milliseconds. */
const SETTLING = 2000

/**
 * Finds out what became of batches in whose handing in an earlier run was interrupted: nothing is paid for twice.
 * @throws ChatError `resume` where nobody but the caller can find out, TypeError for an `adopt` that cannot be right
 */
export async function settleLost(tools: BatchTools<unknown>, api: Api): Promise<void> {
  const { file, batches, options } = tools
  const lost = file.records.filter(({ stage }) => stage === 'submitting')
  const { adopt } = options
  const isKnown = file.records.some(({ id }) => id === adopt)
  // Named again it is what it was: the same call may be made as often as one likes.
  if (typeof adopt === 'string' && !batches.find && isKnown === lost.length > 0)
    throw new TypeError(
      isKnown
        ? `adopt: the batch ${adopt} is known, and another one is looked for`
        : `adopt: no run was interrupted that could have handed in the batch ${adopt}`,
    )
  for (const record of lost) {
    const found = await find(tools, api, record)
    if (found) await file.submitted(record, found.id)
    else await file.refused(record, 'there is no such batch')
  }
}

async function find(
  { batches, options, place }: BatchTools<unknown>,
  api: Api,
  { mark, at, items }: BatchRecord,
): Promise<Batch | undefined> {
  const { adopt, path, signal } = options
  if (batches.find) {
    const found = await batches.find(api, mark)
    if (found) return found
    await pause(SETTLING, signal)
    return batches.find(api, mark)
  }
  if (adopt === false) return undefined
  const { name } = place.session.line.provider
  if (adopt === undefined)
    throw new ChatError(
      `path: ${path} was interrupted at ${at} while a batch of ${items.size} was handed in, and ${name} keeps no mark by which it could be found. ` +
        `Look whether ${name} lists a batch of that time: pass its id as adopt, or adopt: false where there is none and it may be handed in again.`,
      { code: 'resume', provider: name },
    )
  const found = await batches.get(api, adopt)
  const { pending, answered, failed } = found.counts ?? { pending: items.size, answered: 0, failed: 0 }
  if (pending + answered + failed === items.size) return found
  throw new TypeError(
    `adopt: the batch ${adopt} is of ${pending + answered + failed} requests, and ${items.size} were handed in`,
  )
}
