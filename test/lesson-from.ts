import { fit } from '../src/capabilities/fit.ts'
import { learn } from '../src/capabilities/learn.ts'
import type { Capabilities } from '../src/capabilities/capabilities.ts'
import type { Lesson } from '../src/capabilities/lesson.ts'
import type { ChatRequest } from '../src/core/request.ts'
import { userTurn } from '../src/core/turn.ts'
import type { Dialect, Quirks } from '../src/dialects/dialect.ts'
import { openaiChat } from '../src/dialects/openai-chat.ts'
import { readRefusal } from '../src/dialects/refusal.ts'
import { refused } from '../src/providers/failure.ts'
import { openaiCompatible } from '../src/providers/openai-compatible.ts'

/** How the refused request came to be; all of it as for a server that nothing is known of, where nothing is said. */
export interface Asked {
  readonly request?: Partial<ChatRequest>
  readonly dialect?: Dialect
  readonly quirks?: Quirks
  readonly known?: Capabilities
  /** The body that was sent, where it is not the one that the request makes. */
  readonly sent?: Readonly<Record<string, unknown>>
}

/** What is learned when a server refuses a request with this status and body, read as every refusal is. */
export function lessonFrom(
  status: number,
  body: unknown,
  { request = {}, dialect = openaiChat, quirks = {}, known = {}, sent }: Asked = {},
): Lesson | undefined {
  const asked = { model: 'm', turns: [userTurn('hi')], params: {}, stream: false, ...request }
  const fitted = fit(asked, dialect, quirks, known)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const provider = openaiCompatible('http://127.0.0.1/v1', 'Loopback')
  const error = refused(readRefusal(text), { status, body }, { provider, url: 'http://127.0.0.1/v1' })
  return learn(error, sent ?? dialect.encode(fitted.request, fitted.quirks).body, fitted, dialect)
}
