import { ChatError } from '../core/errors.ts'
import { JournalError } from '../lib/journal.ts'

/** What a promise of a journal gives, or the chat's own error for the journal's. `option` names the file to the caller. */
export async function asChatError<T>(promise: Promise<T>, option = 'resume'): Promise<T> {
  try {
    return await promise
  } catch (error) {
    if (!(error instanceof JournalError)) throw error
    throw new ChatError(`${option}: ${error.message}`, {
      code: error.isHeld ? 'busy' : 'resume',
      cause: error,
    })
  }
}
