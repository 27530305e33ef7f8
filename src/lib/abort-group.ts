/** Signals that are aborted together, one for each member: hundreds of listeners on one look like a leak, and Node says so. */
export class AbortGroup {
  readonly #controllers = new Set<AbortController>()
  #reason: { readonly value: unknown } | undefined

  /** What a promise gives that is made with a signal of its own. */
  async run<T>(make: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    if (this.#reason) controller.abort(this.#reason.value)
    this.#controllers.add(controller)
    try {
      return await make(controller.signal)
    } finally {
      this.#controllers.delete(controller)
    }
  }

  /** Aborts all of them, and those to come. */
  abort(reason: unknown): void {
    this.#reason ??= { value: reason }
    for (const controller of this.#controllers) controller.abort(reason)
  }
}
