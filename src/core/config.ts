import type { WebTool } from './builtin-tool.ts'
import type { Params } from './params.ts'
import type { Tool } from './tool.ts'

/** A prompt with a name, for `natter -t name`. */
export interface PromptTemplate {
  /**
   * What is asked. `{{input}}` is what is piped in, `{{words}}` the words of the command line, `{{file}}` the text of the file that they
   * name, `{{files}}` those of several with their names. Where it names none of them, they join the prompt as they always do.
   */
  readonly prompt: string
  /** What it is for, in a few words. */
  readonly description?: string | undefined
  readonly model?: string | undefined
  readonly system?: string | undefined
  readonly params?: Params | undefined
}

/** What `natter.config.ts` or `natter.config.json` says for the command `natter`. */
export interface NatterConfig {
  /** Who is asked: as `--model`. */
  readonly model?: string | undefined
  /** What the model is told before all else. */
  readonly system?: string | undefined
  readonly params?: Params | undefined
  /** What the model may have done; only a program can say it, not JSON. */
  readonly tools?: readonly (Tool | WebTool)[] | undefined
  /** Short names of models: with `fast: 'groq/…'` there is `natter -m fast`. */
  readonly aliases?: Readonly<Record<string, string>> | undefined
  /** Prompts with names, for `natter -t name`; a text is its prompt. */
  readonly templates?: Readonly<Record<string, string | PromptTemplate>> | undefined
}

/** The same config, so that an editor knows its members. */
export const defineConfig = (config: NatterConfig): NatterConfig => config
