import type { BuiltinTool } from './request.ts'

/** What `webSearch()` can be told. */
export interface WebSearchOptions {
  /** Only these sites, such as `example.com`; not together with `blockedDomains`. @default all */
  readonly allowedDomains?: readonly string[] | undefined
  /** Not these sites. */
  readonly blockedDomains?: readonly string[] | undefined
  /** How often it may be used for one answer. @default the provider's limit */
  readonly maxUses?: number | undefined
  /** Where the person is, for results from there. */
  readonly userLocation?: BuiltinTool['userLocation']
}

/** What `webFetch()` can be told. */
export type WebFetchOptions = Omit<WebSearchOptions, 'userLocation'>

/** Who may be asked to run a tool of its own. */
interface Host {
  readonly name: string
  readonly builtins?: readonly BuiltinTool['type'][]
  readonly dialect: { readonly builtins?: readonly BuiltinTool['type'][] }
}

const HOSTS: Readonly<Record<BuiltinTool['type'], string>> = {
  'web-search': 'Anthropic, OpenAI, Google Gemini and Amazon Bedrock (Nova) have it',
  'web-fetch': 'Anthropic and Google Gemini have it',
}

/** A tool that the provider runs on its own side: nothing of it runs here. Made by `webSearch()` and `webFetch()`. */
export class WebTool implements BuiltinTool {
  readonly type: BuiltinTool['type']
  declare readonly allowedDomains?: readonly string[]
  declare readonly blockedDomains?: readonly string[]
  declare readonly maxUses?: number
  declare readonly userLocation?: NonNullable<BuiltinTool['userLocation']>

  /** @internal */
  constructor(type: BuiltinTool['type'], options: WebSearchOptions) {
    this.type = type
    Object.assign(this, checked(type, options))
    Object.freeze(this)
  }

  /** The name that it shares with tools of one's own: no other may bear it. */
  get name(): 'web_search' | 'web_fetch' {
    return this.type === 'web-search' ? 'web_search' : 'web_fetch'
  }

  /**
   * Makes sure that a provider has it.
   * @throws TypeError where it has not
   */
  demandOf({ name, builtins, dialect }: Host): void {
    if ((builtins ?? dialect.builtins)?.includes(this.type)) return
    throw new TypeError(
      `${name} runs no ${this.name} on its side: ${HOSTS[this.type]}. Here, give the chat a tool of its own: tool({ … })`,
    )
  }
}

/**
 * A search of the web on the provider's side; the sources come as citations. Where a provider has none, the chat refuses it.
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const search = webSearch({ allowedDomains: ['nature.com'], maxUses: 3 })
 */
export const webSearch = (options: WebSearchOptions = {}): WebTool => new WebTool('web-search', options)

/**
 * Reading of pages and PDFs that the conversation names by their URL, on the provider's side. Where a provider has none, the chat
 * refuses it.
 * @throws TypeError or RangeError for an option of the wrong type or value
 */
export const webFetch = (options: WebFetchOptions = {}): WebTool => new WebTool('web-fetch', options)

const OPTIONS: Readonly<Record<BuiltinTool['type'], readonly string[]>> = {
  'web-search': ['allowedDomains', 'blockedDomains', 'maxUses', 'userLocation'],
  'web-fetch': ['allowedDomains', 'blockedDomains', 'maxUses'],
}

function checked(type: BuiltinTool['type'], options: WebSearchOptions): Omit<BuiltinTool, 'type'> {
  const maker = type === 'web-search' ? 'webSearch' : 'webFetch'
  const unknown = Object.keys(options).find((name) => !OPTIONS[type].includes(name))
  if (unknown !== undefined)
    throw new TypeError(`${maker} knows no ${unknown}: choose among ${OPTIONS[type].join(', ')}`)
  const { maxUses, userLocation } = options
  const allowedDomains = domains(options.allowedDomains, 'allowedDomains')
  const blockedDomains = domains(options.blockedDomains, 'blockedDomains')
  if (allowedDomains && blockedDomains) throw new TypeError('pass allowedDomains or blockedDomains, not both')
  if (maxUses !== undefined && !(Number.isInteger(maxUses) && maxUses > 0))
    throw new RangeError(`maxUses must be a whole number, 1 or more: it is ${maxUses}`)
  if (userLocation !== undefined && (typeof userLocation !== 'object' || userLocation === null))
    throw new TypeError('userLocation must be an object such as { city, country }')
  return {
    ...(allowedDomains && { allowedDomains }),
    ...(blockedDomains && { blockedDomains }),
    ...(maxUses !== undefined && { maxUses }),
    ...(userLocation && { userLocation }),
  }
}

/** Domains as providers take them, less a scheme and the slash at the end. */
function domains(given: readonly string[] | undefined, name: string): readonly string[] | undefined {
  if (given === undefined) return undefined
  if (
    !Array.isArray(given) ||
    given.length === 0 ||
    given.some((one) => typeof one !== 'string' || one === '')
  )
    throw new TypeError(`${name} must be an array of domains such as ['example.com']`)
  return given.map((domain) => domain.replace(/^https?:\/\//i, '').replace(/\/+$/, ''))
}
