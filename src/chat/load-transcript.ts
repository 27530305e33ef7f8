import { warn } from '#platform'
import type { Turn } from '../core/turn.ts'
import { params } from '../core/params.ts'
import { bareUrl } from '../lib/bare-url.ts'
import { isObject } from '../lib/merge.ts'
import { located } from './located.ts'
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error('This is no saved chat, or one that was cut off: it is not whole JSON.', { cause })
  }
}

/** A session that goes on with a saved chat: whose provider, key and tools are the given one's. */
export function load(saved: unknown, session: Session): Session {
  const state = fromTranscript(saved)
  const { provider, baseUrl } = session.line
  const own = baseUrl === provider.baseUrl ? undefined : bareUrl(baseUrl)
  const isHome = state.provider === provider.id && state.baseUrl === own
  const missing = (state.tools ?? []).filter((name) => !session.toolbox.all.has(name))
  if (missing.length > 0)
    warn(`The saved chat had tools that this one has not: ${missing.join(', ')}. Register them to use them.`)
  return {
    ...fork(session),
    // Another provider knows the model by another name, or not at all.
    model: (state.provider === provider.id && state.model) || session.model,
    systemPrompt: state.systemPrompt,
    params: params(state.params),
    extra: state.apiArgs ?? session.extra,
    turns: isHome ? state.turns : state.turns.map((turn) => abroad(turn, state)),
  }
}

/** A turn that says whose it is: it was not the one who is asked now. */
function abroad(turn: Turn, { provider, baseUrl = provider }: ChatState): Turn {
  const named = located(turn, baseUrl)
  return named.role === 'assistant' ? { provider, ...named } : named
}
