import type { AskTask } from './task.ts'
import { UsageError } from './failure.ts'
import { placed } from './local-option.ts'
import { type NamedValue, paramsOf } from './param-option.ts'

/** The options that say who answers, without those of a single prompt. */
export interface WhoFlags {
  readonly model?: string
  readonly local?: string
  readonly system?: string
  readonly param?: readonly NamedValue[]
  readonly baseUrl?: string
  readonly apiKeyEnv?: string
  readonly billTo?: string
  readonly timeout?: number
}

/**
 * Who answers many prompts, and how: nothing of it is shown.
 * @throws UsageError for options that cannot be used together
 */
export function quietAsk({ local, model, param = [], ...flags }: WhoFlags): AskTask {
  const usual = model ?? (process.env['NATTER_MODEL'] || undefined)
  if (local !== undefined && flags.baseUrl !== undefined)
    throw new UsageError('--local and --base-url cannot be used together')
  return {
    type: 'ask',
    words: [],
    // What is on the command line says more than a model in the environment.
    ...placed(local, local === undefined ? usual : model),
    system: flags.system,
    params: paramsOf(param),
    images: [],
    stream: false,
    json: false,
    baseUrl: flags.baseUrl,
    apiKeyEnv: flags.apiKeyEnv,
    billTo: flags.billTo,
    echo: 'none',
    timeout: flags.timeout,
    debug: false,
  }
}
