/** What a model costs, in US dollars for a million tokens. */
export interface TokenPrices {
  readonly input: number
  readonly output: number
  /** For tokens read from the server's cache. @default as input */
  readonly cachedInput?: number | undefined
  /** For tokens written to the server's cache. @default as input */
  readonly cacheWrite?: number | undefined
}
