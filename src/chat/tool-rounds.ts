import { ChatError } from '../core/errors.ts'
import type { Session } from './session.ts'

/** The error of a prompt that has led to as many answers as it may. */
export const tooManyRounds = ({ model, line, toolbox }: Session, what: string): ChatError =>
  new ChatError(
    `${model} still ${what} after ${toolbox.settings.maxRounds} rounds of them. Raise maxToolRounds, or ask for less at once.`,
    { code: 'tool-rounds', provider: line.provider.name },
  )
