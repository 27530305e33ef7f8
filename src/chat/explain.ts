import type { ToolChoice } from '../core/request.ts'
import type { Adjustment, UserTurn } from '../core/turn.ts'
import { requestFor } from './answer.ts'
import { spell } from './ask.ts'
import { dialectOf } from '../dialects/lazy-dialects.ts'
import { targetOf } from './target.ts'
import { follow } from './follow.ts'
import { recall } from '../providers/knowledge.ts'
import { urlOf } from '../providers/line.ts'
import type { Session } from './session.ts'
import { checkChoice } from './tool-choice.ts'

/** A request as it would go out. */
export interface Explanation {
  readonly method: 'POST'
  readonly url: string
  /** Without the one that authorises it. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  /** What was changed so that the model can take it. */
  readonly adjustments: readonly Adjustment[]
}

const SECRET = /auth|key|token|secret|cookie/i

/** The request that would be sent for an input. */
export async function explain(
  session: Session,
  input: UserTurn,
  how: { readonly toolChoice: ToolChoice | undefined; readonly stream: boolean },
): Promise<Explanation> {
  const { line, toolbox } = session
  const question = follow(session.turns, input)
  checkChoice(toolbox, how.toolChoice)
  const tools = toolbox.specs()
  await recall()
  const request = await requestFor(session, question, {
    signal: undefined,
    stream: how.stream,
    tools,
    builtins: toolbox.builtinsFor(how.toolChoice),
    toolChoice: tools && how.toolChoice,
  })
  const { path, body, fitted } = await spell({
    session,
    dialect: await dialectOf(line.provider.dialect),
    request,
    target: targetOf(session),
    hints: undefined,
  })
  const headers = Object.entries({ 'content-type': 'application/json', accept: '*/*', ...line.headers }).map(
    ([name, value]) => [name, SECRET.test(name) ? '[redacted]' : value],
  )
  return {
    method: 'POST',
    url: withoutSecrets(urlOf(line.baseUrl, path)),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
    adjustments: fitted.adjustments,
  }
}

/** An address whose user, password and query members named like keys are not shown. */
function withoutSecrets(address: string): string {
  const url = new URL(address)
  const secrets = [...url.searchParams.keys()].filter((name) => SECRET.test(name))
  if (!url.username && !url.password && secrets.length === 0) return address
  url.username = ''
  url.password = ''
  for (const name of secrets) url.searchParams.set(name, 'redacted')
  return url.href
}
