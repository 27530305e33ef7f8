import type { Params } from '../core/params.ts'
import type { Turn } from '../core/turn.ts'
import { bareUrl } from '../lib/bare-url.ts'
import { isObject } from '../lib/merge.ts'

/** What every saved chat says it is. */
export const FORMAT = 'natter-chat'
/** The newest version that can be read, and the one that is written. */
export const VERSION = 1

/** All of a chat that can be written down: no key, no header and no function. */
export interface ChatState {
  /** The provider's id. */
  readonly provider: string
  /** The id of the dialect that the turns were spoken in. */
  readonly dialect?: string | undefined
  /**
   * Where it was asked, less user, password, query and fragment; absent for the provider's own address. A file from somebody
   * else may name any server: whoever loads it must not send a key there unasked.
   */
  readonly baseUrl?: string | undefined
  readonly model: string
  readonly systemPrompt?: string | undefined
  readonly params: Params
  readonly apiArgs?: Readonly<Record<string, unknown>> | undefined
  /** Names of the tools, to be bound again. */
  readonly tools?: readonly string[] | undefined
  /** Further options of the chat that are JSON; whoever loads them checks them. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined
  readonly turns: readonly Turn[]
}

/** A saved chat, as JSON. */
export interface Transcript extends ChatState {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
}

/** A chat's state as a value for `JSON.stringify`. Members of `apiArgs` and `params` that are named like keys are left out. */
export function toTranscript(state: ChatState): Transcript {
  const { provider, dialect, baseUrl, model, systemPrompt, params, apiArgs, tools, settings, turns } = state
  return {
    format: FORMAT,
    version: VERSION,
    provider,
    ...(dialect && { dialect }),
    ...(baseUrl && { baseUrl: bareUrl(baseUrl) }),
    model,
    ...(systemPrompt && { systemPrompt }),
    params: withoutKeys(params) as Params,
    ...(apiArgs && { apiArgs: withoutKeys(apiArgs) as Record<string, unknown> }),
    ...(tools && { tools }),
    ...(settings && { settings: withoutKeys(settings) as Record<string, unknown> }),
    turns,
  }
}

const KEY_NAME =
  /(^|[-_]|api|access|secret|private|auth)key$|(secret|password|authorization|credentials?)$|(^|access|auth|api|session|bearer|hf)[-_]?token$/i

/** A JSON value without the members that are named like keys. */
function withoutKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutKeys)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => !(typeof member === 'string' && KEY_NAME.test(name)))
      .map(([name, member]) => [name, withoutKeys(member)]),
  )
}
