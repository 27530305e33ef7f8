import type { Redis } from 'ioredis'

/** A step that Redis takes as a whole. */
export class RedisScript {
  readonly #name: string
  readonly #lua: string
  readonly #keys: number

  /** `name` is to be its own; `keys` is how many of the arguments are keys. */
  constructor(name: string, keys: number, lua: string) {
    this.#name = `natter:${name}`
    this.#lua = lua
    this.#keys = keys
  }

  /** Takes the step: with the keys first, then the other arguments. */
  run(client: Redis, ...args: readonly (string | number)[]): Promise<unknown> {
    const commands = client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    // So that it travels as a hash, except after a restart.
    if (!commands[this.#name]) client.defineCommand(this.#name, { lua: this.#lua, numberOfKeys: this.#keys })
    return commands[this.#name]!(...args)
  }
}
