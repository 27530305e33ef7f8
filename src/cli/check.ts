import { ChatError } from '../core/errors.ts'

/** What came of looking at one thing. */
export interface Check {
  readonly name: string
  /** `skip`: it could not be looked at, or was not to be. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip'
  readonly message: string
  readonly fix?: string | undefined
}

/** Makes a check of what happened. */
export const check = (
  name: string,
  status: Check['status'],
  message: string,
  fix?: string | undefined,
): Check => (fix === undefined ? { name, status, message } : { name, status, message, fix })

/** What the network is to blame for. */
const ABSENT = new Set(['connection', 'timeout'])
/** What will be no different the next time. */
const FINAL = new Set(['unauthorized', 'forbidden', 'credits', 'no-key', 'model-not-supported', 'not-found'])

/** A check that ended in an error: what cannot be reached is not wrong, but could not be looked at. */
export function checkOf(name: string, error: unknown): Check {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof TypeError) return check(name, 'fail', message)
  if (!(error instanceof ChatError)) return check(name, 'warn', message)
  if (ABSENT.has(error.code)) return check(name, 'skip', `could not be looked at: ${message}`)
  return check(name, FINAL.has(error.code) ? 'fail' : 'warn', message)
}

/** The hosts of huggingface.co are not to be asked. https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables */
export const isHubOffline = (): boolean => /^(?:1|true|yes|on)$/i.test(process.env['HF_HUB_OFFLINE'] ?? '')
