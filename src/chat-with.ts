import type { Route } from './capabilities/rank.ts'
import type { TokenPrices } from './capabilities/token-prices.ts'
import type { Budget, BudgetLimits } from './chat/budget.ts'
import { Chat } from './chat/chat.ts'
import { echoOf } from './chat/echo-of.ts'
import { joinPrompt } from './chat/history.ts'
import type { Adjust, Waiting } from './chat/session.ts'
import { type Approve, Toolbox } from './chat/toolbox.ts'
import { type Params, params as checkParams } from './core/params.ts'
import type { WebTool } from './core/builtin-tool.ts'
import type { PromptCache } from './core/request.ts'
import type { Tool } from './core/tool.ts'
import { isObject } from './lib/merge.ts'
import { callable, count, milliseconds, oneOf, text, unfit } from './lib/option.ts'
import { type LineOptions, lineOf } from './providers/line-of.ts'
import type { Provider } from './providers/provider.ts'

/** How long a sleeping server may take to start: five to ten minutes are usual for a large model. In milliseconds. */
const COLD_START = 10 * 60_000

/** What every chat can be told. */
export interface ChatOptions extends LineOptions {
  /** What the model is told before all else; several strings are joined by a blank line. */
  readonly systemPrompt?: string | readonly string[] | undefined
  /** Temperature, token limit and so on. @default the server's own */
  readonly params?: Params | undefined
  /** The model's id. @default the provider's default model */
  readonly model?: string | undefined
  /** Merged deep into each request's body last: objects merge, arrays replace, `null` deletes. */
  readonly apiArgs?: Readonly<Record<string, unknown>> | undefined
  /** What to print while answering. @default `NATTER_ECHO`, else `output` in a REPL and `none` elsewhere */
  readonly echo?: 'none' | 'output' | 'text' | 'all' | undefined
  /**
   * Whether to stream from the server. Streaming keeps what came of an answer that breaks off, and keeps proxies that cut
   * silent connections content; asking for the whole answer costs less. @default `stream()`, `events()` and echo do, `chat()` does not
   */
  readonly stream?: boolean | undefined
  /** When a model cannot take a request as it is: change it and `warn` once, change it in silence, or fail. @default 'warn' */
  readonly adjust?: Adjust | undefined
  /** What the model may have done, here (`tool()`) or by the provider (`webSearch()`, `webFetch()`); more can be registered later. */
  readonly tools?: readonly (Tool | WebTool)[] | undefined
  /** Whether the calls of one answer run at once or one by one. @default 'concurrent' */
  readonly toolMode?: 'concurrent' | 'sequential' | undefined
  /** The most answers with calls that one prompt may lead to. @default 10 */
  readonly maxToolRounds?: number | undefined
  /** How long a tool without its own limit may run, in milliseconds; 0 is for ever. @default 120_000 */
  readonly toolTimeout?: number | undefined
  /** Decides on calls of tools that need approval. @default they are refused */
  readonly approve?: Approve | undefined
  /** What the chat may spend, checked before each request. */
  readonly budget?: BudgetLimits | undefined
  /** Your own price, in US dollars for each million tokens, instead of the published one. */
  readonly price?: TokenPrices | undefined
  /** Who is asked where this one fails before its first word, in order: chats, or names as `chat()` takes them. @default nobody */
  readonly fallbacks?: readonly (Chat | string)[] | undefined
}

/** What only some providers' chats can be told; their constructors say which. */
export interface SpecialOptions extends ChatOptions {
  readonly route?: Route | undefined
  readonly coldStart?: number | undefined
  readonly onWait?: ((waiting: Waiting) => void) | undefined
  readonly cache?: PromptCache | undefined
}

/**
 * A chat with a provider that is at hand as a value; every other constructor comes down to this one.
 * @internal
 */
export function chatWith(
  provider: Provider,
  options: SpecialOptions,
  headers: Readonly<Record<string, string>> = {},
): Chat {
  const { apiArgs, stream, adjust = 'warn', route, coldStart = COLD_START, onWait, cache } = options
  const line = lineOf(provider, options, headers)
  const model = options.model ?? provider.model
  if (model === undefined && !provider.served)
    throw new TypeError(
      `${provider.name} has no default model: pass model${provider.modelsHint ? ` (${provider.modelsHint})` : ''}`,
    )
  oneOf('adjust', adjust, ['warn', 'silent', 'error'])
  oneOf('cache', cache, ['5m', '1h', 'none'])
  if (typeof route !== 'function') oneOf('route', route, ['fastest', 'cheapest', 'preferred'], 'a function')
  if (apiArgs !== undefined && !isObject(apiArgs)) throw unfit('apiArgs', 'an object', apiArgs)
  milliseconds('coldStart', coldStart)
  callable('onWait', onWait)
  if (stream !== undefined && typeof stream !== 'boolean') throw unfit('stream', 'true or false', stream)
  return new Chat(
    {
      line,
      params: checkParams(options.params ?? {}),
      extra: apiArgs,
      cache,
      stream,
      adjust,
      warned: new Set(),
      routing: provider.isRouter ? { route } : undefined,
      coldStart,
      onWait,
      toolbox: toolboxOf(options),
      listeners: { onRequestStart: new Set(), onRequestEnd: new Set() },
      budget: options.budget && budgetOf(options.budget),
      price: options.price,
      fallbacks: options.fallbacks && { list: options.fallbacks, resolve: byName, made: [], gone: new Map() },
      model: model === undefined ? '' : text(model, 'model'),
      systemPrompt: joinPrompt(options.systemPrompt),
      turns: [],
    },
    echoOf(options.echo),
  )
}

/** A chat for a fallback's name; only chats that fall back load the list of names. */
const byName = async (name: string): Promise<Chat> => (await import('./chats.ts')).chat(name)

/** A budget; only chats that have one load what keeps it. Wrong limits are told by the first request. */
function budgetOf(limits: BudgetLimits): Promise<Budget> {
  const budget = import('./chat/budget.ts').then((module) => new module.Budget(limits))
  budget.catch(() => undefined)
  return budget
}

function toolboxOf({
  tools = [],
  toolMode: mode = 'concurrent',
  maxToolRounds: maxRounds = 10,
  toolTimeout: timeout = 120_000,
  approve,
}: ChatOptions): Toolbox {
  oneOf('toolMode', mode, ['concurrent', 'sequential'])
  count('maxToolRounds', maxRounds)
  milliseconds('toolTimeout', timeout)
  callable('approve', approve)
  return new Toolbox({ mode, maxRounds, timeout, approve }, tools)
}
