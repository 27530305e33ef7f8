import { ChatError } from '../core/errors.ts'

const PHASES: Readonly<Record<string, string>> = {
  firstByte: 'sent nothing for',
  idle: 'fell silent for',
  total: 'was not done after',
}

/** The error for what took too long. */
export const timedOut = (phase: string, ms: number, provider: string, requestId?: string): ChatError =>
  new ChatError(`${provider} ${PHASES[phase]} ${ms / 1000} s. The limit is timeout.${phase}.`, {
    code: 'timeout',
    provider,
    requestId,
  })
