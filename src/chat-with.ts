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
import { LONGEST_TIMER } from './lib/longest-timer.ts'
import { isObject } from './lib/merge.ts'
import { callable, count, milliseconds, oneOf, show, text, unfit } from './lib/option.ts'
import { type Credentials, authorizer } from './providers/auth.ts'
import { TIMEOUTS, type Timeouts } from './providers/line.ts'
import type { Provider } from './providers/provider.ts'

/** How long a sleeping server may take to start: five to ten minutes are usual for a large model. In milliseconds. */
const COLD_START = 10 * 60_000

/** What every chat can be told. */
export interface ChatOptions {
  /** What the model is told before all else; several strings are joined by a blank line. */
  readonly systemPrompt?: string | readonly string[] | undefined
  /** Temperature, token limit and so on. @default the server's own */
  readonly params?: Params | undefined
  /** The key. @default what the environment holds, looked up at each request */
  readonly apiKey?: string | undefined
  /** Called for each request for a key or for headers, instead of `apiKey`. */
  readonly credentials?: Credentials | undefined
  /** The model's id. @default the provider's default model */
  readonly model?: string | undefined
  /** Merged deep into each request's body last: objects merge, arrays replace, `null` deletes. */
  readonly apiArgs?: Readonly<Record<string, unknown>> | undefined
  /** Added to each request's headers. */
  readonly apiHeaders?: Readonly<Record<string, string>> | undefined
  /** What to print while answering. @default `NATTER_ECHO`, else `output` in a REPL and `none` elsewhere */
  readonly echo?: 'none' | 'output' | 'text' | 'all' | undefined
  /** Another server that speaks the same API. */
  readonly baseUrl?: string | undefined
  /** A fetch to use instead of the platform's transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Limits in milliseconds, 0 for none; a number limits the whole answer. @default connect 10 s, firstByte 300 s, idle 120 s, no total */
  readonly timeout?: number | Partial<Timeouts> | undefined
  /** How often to try again after a failure that may pass. @default 2 */
  readonly retries?: number | undefined
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
  const {
    apiKey,
    credentials,
    apiArgs,
    apiHeaders,
    fetch,
    timeout,
    retries = 2,
    stream,
    adjust = 'warn',
    route,
    coldStart = COLD_START,
    onWait,
    cache,
  } = options
  const baseUrl = options.baseUrl === undefined ? provider.baseUrl : httpUrl(options.baseUrl, provider)
  const model = options.model ?? provider.model
  if (model === undefined)
    throw new TypeError(
      `${provider.name} has no default model: pass model${provider.modelsHint ? ` (${provider.modelsHint})` : ''}`,
    )
  count('retries', retries)
  oneOf('adjust', adjust, ['warn', 'silent', 'error'])
  oneOf('cache', cache, ['5m', '1h', 'none'])
  if (typeof route !== 'function') oneOf('route', route, ['fastest', 'cheapest', 'preferred'], 'a function')
  if (apiArgs !== undefined && !isObject(apiArgs)) throw unfit('apiArgs', 'an object', apiArgs)
  milliseconds('coldStart', coldStart)
  callable('onWait', onWait)
  callable('fetch', fetch)
  if (stream !== undefined && typeof stream !== 'boolean') throw unfit('stream', 'true or false', stream)
  return new Chat(
    {
      line: {
        provider,
        baseUrl,
        authorize: authorizer(provider, baseUrl, apiKey, credentials),
        headers: { ...provider.headers, ...headers, ...lowerCased(apiHeaders) },
        timeouts: limits(timeout),
        retries,
        fetch,
      },
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
      model: text(model, 'model'),
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

/** A bare host, such as an Endpoint's, means the root of its API. */
function httpUrl(value: string, { root, baseUrl }: Provider): string {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
    throw unfit('baseUrl', 'an http: or https: URL', value)
  if (!/^[^/]*\/\/[^/?#]*\/?$/.test(value)) return value
  const path = root ?? baseUrl.replace(/^[^/]*\/\/[^/?#]*\/?/, '')
  return `${value.replace(/\/$/, '')}${path && `/${path}`}`
}

function limits(timeout: ChatOptions['timeout']): Timeouts {
  const asked = typeof timeout === 'number' ? { total: timeout } : (timeout ?? {})
  const limited: Record<string, number> = { ...TIMEOUTS }
  for (const [name, ms] of Object.entries(asked)) {
    if (!Object.hasOwn(TIMEOUTS, name))
      throw new TypeError(`timeout.${name} is unknown: choose among ${Object.keys(TIMEOUTS).join(', ')}`)
    if (ms === undefined) continue
    milliseconds(`timeout.${name}`, ms)
    limited[name] = ms > LONGEST_TIMER ? 0 : ms
  }
  return limited as unknown as Timeouts
}

/** Headers with their names in lower case, so that a person's spelling replaces ours instead of standing beside it. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  if (!isObject(headers)) throw unfit('apiHeaders', 'an object', headers)
  for (const [name, value] of Object.entries<unknown>(headers))
    if (typeof value !== 'string' || /[\r\n\0]/.test(value))
      throw unfit(`apiHeaders[${show(name)}]`, 'a text of one line', value)
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
