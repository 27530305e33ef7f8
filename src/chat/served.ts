import { ChatError } from '../core/errors.ts'
import { apiOf } from '../providers/call-api.ts'
import type { Line } from '../providers/line.ts'
import type { Session } from './session.ts'

/** How many models are named where one must be chosen. */
const MOST = 10

/** What was found, by the line that a chat shares with its clones. */
const found = new WeakMap<Line, string>()

/**
 * Names the model of a chat that was told none: the only one that its server has. The chat stays with it.
 * @throws ChatError `model-not-supported` where there is none, or more than one
 */
export async function nameServed(session: Session, signal: AbortSignal | undefined): Promise<void> {
  const { line } = session
  const model = found.get(line) ?? (await servedAt(line, signal))
  found.set(line, model)
  session.model = model
}

async function servedAt(line: Line, signal: AbortSignal | undefined): Promise<string> {
  const { served, name, modelsHint } = line.provider
  const names = served ? await (await served())(apiOf(line, signal)) : []
  const [only, ...others] = names
  if (only !== undefined && others.length === 0) return only
  const has = only === undefined ? 'no model that chats' : listOf(names)
  throw new ChatError(
    `${name} at ${new URL(line.baseUrl).origin} has ${has}: pass model${only === undefined && modelsHint ? ` (${modelsHint})` : ', one of these'}.`,
    {
      code: 'model-not-supported',
      provider: name,
    },
  )
}

const listOf = (names: readonly string[]): string =>
  names.slice(0, MOST).join(', ') + (names.length > MOST ? ' and others' : '')
