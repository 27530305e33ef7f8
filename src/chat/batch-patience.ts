import { warn } from '#platform'
import { ChatError, type ChatErrorCode } from '../core/errors.ts'
import { isObject } from '../lib/merge.ts'

const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000

/** No asking again helps against these. */
const FINAL = new Set<ChatErrorCode>([
  'no-key',
  'unauthorized',
  'forbidden',
  'credits',
  'not-found',
  'bad-request',
  'missing-package',
  'aborted',
  'budget',
  'resume',
  'busy',
])

/** The rhythm in which a provider is asked how far a batch is: gently, and whatever becomes of the network meanwhile. */
export class Patience {
  readonly #every: number | undefined
  readonly #signal: AbortSignal | undefined
  #pause = FIRST_PAUSE
  #isTroubled = false

  constructor(every: number | undefined, signal: AbortSignal | undefined) {
    this.#every = every
    this.#signal = signal
  }

  /** Waits until it may be asked again. @throws the signal's reason */
  async rest(): Promise<void> {
    const ms = this.#every ?? this.#pause
    this.#pause = Math.min(this.#pause * 1.5, LONGEST_PAUSE)
    await pause(ms, this.#signal)
  }

  /** What was asked; undefined where it could not be had now and may be had later. @throws what no waiting helps against */
  async attempt<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask()
      this.#isTroubled = false
      return answer
    } catch (error) {
      if (!(error instanceof ChatError) || FINAL.has(error.code)) throw error
      if (!this.#isTroubled) warn(`${error.message} It is asked again until that has passed.`)
      this.#isTroubled = true
      return undefined
    }
  }
}

/** Waits, in milliseconds. @throws the signal's reason once it is aborted */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, fail) => {
    const abort = (): void => {
      clearTimeout(timer)
      fail(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      done()
    }, ms)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}

/** The system's words for a connection that never was. */
const UNREACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** Whether an error says for certain that nothing was taken: it was refused, or it never arrived. */
export function isUntaken(error: unknown): boolean {
  if (!(error instanceof ChatError)) return true
  const { status = 0, code } = error
  if (status >= 400 && status < 500) return status !== 408
  if (status === 0 && FINAL.has(code)) return code !== 'aborted'
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if (isObject(at) && UNREACHED.has(String(at.code))) return true
  return false
}
