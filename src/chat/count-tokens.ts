import type { UserTurn } from '../core/turn.ts'
import { dialectOf } from '../dialects/lazy-dialects.ts'
import { apiOf } from '../providers/call-api.ts'
import { recall } from '../providers/knowledge.ts'
import { requestFor } from './answer.ts'
import { spell } from './ask.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { follow } from './follow.ts'
import type { Session } from './session.ts'
import { targetOf } from './target.ts'

/** How many tokens a prompt takes. */
export interface TokenCount {
  readonly tokens: number
  /** False: the provider has counted them. */
  readonly isEstimate: boolean
}

/**
 * How many tokens an input takes with all that goes with it: counted by the provider, where it does that, else an estimate.
 * @throws ChatError where the provider that counts refuses or cannot be reached
 */
export async function countTokens(
  session: Session,
  input: UserTurn,
  signal: AbortSignal | undefined,
): Promise<TokenCount> {
  const { line, toolbox, systemPrompt, turns } = session
  const tools = toolbox.specs()
  const counter = await line.provider.countTokens?.()
  if (counter) {
    const builtins = toolbox.builtinsFor(undefined)
    await recall()
    const request = await requestFor(session, follow(turns, input), {
      signal,
      stream: false,
      tools,
      builtins,
    })
    const dialect = await dialectOf(line.provider.dialect)
    const target = targetOf(session)
    const question = counter.ask(await spell({ session, dialect, request, target, hints: undefined }))
    if (question) {
      const { path, body, headers = {} } = question
      const tokens = counter.read(await apiOf(line, signal).json({ path, json: body, headers }))
      if (tokens !== undefined) return { tokens, isEstimate: false }
    }
  }
  return { tokens: estimateTokens([...turns, input], systemPrompt, tools), isEstimate: true }
}
