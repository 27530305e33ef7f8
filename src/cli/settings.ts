import type { NatterConfig, PromptTemplate } from '../core/config.ts'
import { type ConfigFile, configFiles, isAllowed, readConfig } from './config-file.ts'
import { note } from './io.ts'

/** Something that holds, and which file says it. */
export interface Setting<T> {
  readonly value: T
  readonly file: ConfigFile
}

/** What the config files say together, what the nearer one says first. */
export class Settings {
  readonly files: readonly ConfigFile[]
  readonly #configs: readonly (readonly [NatterConfig, ConfigFile])[]

  private constructor(configs: readonly (readonly [NatterConfig, ConfigFile])[]) {
    this.#configs = configs
    this.files = configs.map(([, file]) => file)
  }

  /**
   * Reads all config files that hold here; `false` reads none.
   * @throws UsageError for one that cannot be read, or is not right
   */
  static async read(named?: string | false): Promise<Settings> {
    const files = named === false ? [] : configFiles(named)
    const configs: (readonly [NatterConfig, ConfigFile])[] = []
    for (const file of files) {
      if (isAllowed(file)) configs.push([await readConfig(file), file])
      else
        note(
          `${file.path} is a program, and not run: look at it, then natter config --trust allows it as it is`,
        )
    }
    return new Settings(configs)
  }

  /** The first word on one thing. */
  one<K extends 'model' | 'system'>(name: K): Setting<string> | undefined {
    for (const [config, file] of this.#configs) {
      const value = config[name]
      if (value !== undefined) return { value, file }
    }
    return undefined
  }

  /** The members of all, by their names. */
  all<K extends 'params' | 'aliases' | 'templates'>(
    name: K,
  ): ReadonlyMap<string, Setting<NonNullable<NatterConfig[K]>[string]>> {
    const found = new Map<string, Setting<NonNullable<NatterConfig[K]>[string]>>()
    for (const [config, file] of this.#configs.toReversed())
      for (const [member, value] of Object.entries(config[name] ?? {}))
        if (value !== undefined)
          found.set(member, { value: value as NonNullable<NatterConfig[K]>[string], file })
    return found
  }

  /** The tools of all; of two with one name, the nearer. */
  get tools(): readonly Setting<NonNullable<NatterConfig['tools']>[number]>[] {
    const found = new Map<string, Setting<NonNullable<NatterConfig['tools']>[number]>>()
    for (const [{ tools = [] }, file] of this.#configs.toReversed())
      for (const value of tools) found.set(value.name, { value, file })
    return [...found.values()]
  }
}

/** A template in its long form. */
export const templateOf = (template: string | PromptTemplate): PromptTemplate =>
  typeof template === 'string' ? { prompt: template } : template
