import { warn } from '#platform'
import type { Content } from '../core/content.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import { params } from '../core/params.ts'
import { isObject } from '../lib/merge.ts'
import { type Session, fork } from './session.ts'
import { checkTranscript } from './transcript-check.ts'
import { type ChatState, FORMAT, VERSION } from './transcript.ts'

/**
 * The state in a saved chat, given as JSON text or as its value. Members it does not know are kept; one called `__proto__` is
 * dropped wherever it stands.
 * @throws Error when it is no saved chat, is damaged (the message names the member), or is from a newer version.
 */
export function fromTranscript(value: unknown): ChatState {
  const file = typeof value === 'string' ? parsed(value) : value
  if (!isObject(file) || !('format' in file))
    throw new Error(`This is no saved chat: it has no member format: '${FORMAT}'.`)
  const { format, version } = file
  if (format !== FORMAT)
    throw new Error(
      `This is no saved chat: its format must be '${FORMAT}', and is ${JSON.stringify(format)}.`,
    )
  if (!Number.isInteger(version) || (version as number) < 1)
    throw new Error(
      `This saved chat is damaged: version must be a whole number from 1, and is ${JSON.stringify(version) ?? 'missing'}.`,
    )
  if ((version as number) > VERSION)
    throw new Error(
      `This chat was saved by a newer natter: it is of version ${version}, and version ${VERSION} is the newest read here. Update natter.`,
    )
  const { format: _format, version: _version, ...state } = checkTranscript(file)
  return state as unknown as ChatState
}

/**
 * Turns that a dialect can be given: what only another dialect can read (signatures, encrypted reasoning) is left out, and noted.
 * The same array comes back where there is nothing to leave out.
 */
export function forDialect(
  turns: readonly Turn[],
  dialectId: string,
): { readonly turns: readonly Turn[]; readonly notes: readonly Adjustment[] } {
  const dropped = new Map<string, number>()
  const kept = turns.map((turn): Turn => {
    if (!turn.contents.some((content) => isForeign(content, dialectId))) return turn
    const contents = turn.contents.flatMap((content) => {
      if (!isForeign(content, dialectId)) return [content]
      const { opaque, ...rest } = content
      dropped.set(opaque.dialect, (dropped.get(opaque.dialect) ?? 0) + 1)
      // Encrypted reasoning has no text, and a tool of the server's means nothing elsewhere: without its state nothing is left.
      if (rest.type === 'server-tool') return []
      return rest.type === 'thinking' && rest.text === '' ? [] : [rest as Turn['contents'][number]]
    })
    return { ...turn, contents }
  })
  const notes = [...dropped].map(([dialect, count]): Adjustment => ({
    type: 'history',
    name: 'opaque',
    message: `${count} ${count === 1 ? 'signature or piece' : 'signatures or pieces'} of hidden reasoning of ${dialect} left out: ${dialectId} cannot read it`,
  }))
  return { turns: notes.length > 0 ? kept : turns, notes }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error('This is no saved chat, or one that was cut off: it is not whole JSON.', { cause })
  }
}

const isForeign = (
  content: Content,
  dialectId: string,
): content is Content & { opaque: { dialect: string } } =>
  'opaque' in content && content.opaque !== undefined && content.opaque.dialect !== dialectId

/** A session that goes on with a saved chat: whose provider, key and tools are the given one's. */
export function load(saved: unknown, session: Session): Session {
  const state = fromTranscript(saved)
  const { provider } = session.line
  const { turns, notes } = forDialect(state.turns, provider.dialect.id)
  for (const { message } of notes) warn(message)
  const missing = (state.tools ?? []).filter((name) => !session.toolbox.all.has(name))
  if (missing.length > 0)
    warn(`The saved chat had tools that this one has not: ${missing.join(', ')}. Register them to use them.`)
  return {
    ...fork(session),
    // Another provider knows the model by another name, or not at all.
    model: state.provider === provider.id ? state.model : session.model,
    systemPrompt: state.systemPrompt,
    params: params(state.params),
    extra: state.apiArgs ?? session.extra,
    turns,
  }
}
