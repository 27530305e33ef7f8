/** What was found, and when it ends. */
export interface Expiring<T> {
  readonly value: T
  /** Milliseconds since 1970; undefined where it does not end. */
  readonly expiresAt: number | undefined
}

/** How long before their end tokens are renewed, in milliseconds. */
const EARLY = 5 * 60_000

/**
 * Keeps a token in memory until shortly before it ends: five minutes, or half of its life where that is less. It is asked for once
 * for all who wait, by nobody's signal, so that one who gives up takes it from no other. A failure is not kept, and told only
 * where the token before does not hold any more.
 * @param now the clock, in milliseconds since 1970
 * @throws whatever `load` throws
 */
export function cachedToken<T>(
  load: () => Promise<Expiring<T>>,
  now: () => number = () => Date.now(),
): () => Promise<T> {
  let known: { readonly value: T; readonly renewAt: number; readonly endsAt: number } | undefined
  let coming: Promise<T> | undefined

  async function renew(): Promise<T> {
    const { value, expiresAt: endsAt = Infinity } = await load()
    // A token of a cache elsewhere may come near its end: with a fixed margin each request would ask for it again.
    known = { value, endsAt, renewAt: endsAt - Math.min(EARLY, (endsAt - now()) / 2) }
    return value
  }

  return async () => {
    if (known && now() < known.renewAt) return known.value
    coming ??= renew().finally(() => (coming = undefined))
    try {
      return await coming
    } catch (error) {
      if (known && now() < known.endsAt) return known.value
      throw error
    }
  }
}
