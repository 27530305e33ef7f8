import { type Command, Option } from 'commander'
import { UsageError } from './failure.ts'
import { placed } from './local-option.ts'
import { type NamedValue, namedValue, paramsOf } from './param-option.ts'
import type { AskTask } from './task.ts'
import { collect, httpUrl, milliseconds } from './values.ts'

/** Who answers, and how. */
export type Asked = Pick<
  AskTask,
  'model' | 'local' | 'system' | 'params' | 'baseUrl' | 'apiKeyEnv' | 'billTo' | 'timeout'
>

/** What the options of `withAskOptions` give. */
export interface AskFlags extends Partial<Omit<Asked, 'params'>> {
  readonly param?: readonly NamedValue[]
}

/** What it is for the rows of a table that nobody watches being answered. */
export const FOR_ROWS = {
  type: 'ask',
  words: [],
  images: [],
  stream: false,
  json: false,
  echo: 'none',
  debug: false,
} as const

/** Adds who answers, and how: the same for every command that asks. */
export const withAskOptions = (command: Command): Command => withKeyOptions(withModelOptions(command))

/** Adds which model answers, and what it is told. */
export const withModelOptions = (command: Command): Command =>
  withTellingOptions(
    withPlaceOptions(
      command.addOption(
        orFrom(
          'NATTER_MODEL',
          new Option(
            '-m, --model <name>',
            'provider/model, a model id of the Hub, or a .gguf file; `natter providers` lists who',
          ),
        ),
      ),
    ),
  )

/** Adds what a model is told besides the prompt. */
export const withTellingOptions = (command: Command): Command =>
  command
    .option('-s, --system <text>', 'what the model is told before all else')
    .option(
      '-p, --param <name=value>',
      'a parameter, such as temperature=0.2; repeatable',
      collect(namedValue),
    )

/** Adds where the model is. */
export const withPlaceOptions = (command: Command): Command =>
  withAddressOption(
    command.option(
      '-l, --local [model]',
      'a model on this machine: the built-in one, a .gguf file, hf.co/org/repo:quant',
    ),
  )

/** Adds with whose key it is asked, who pays, and for how long it may take. */
export const withKeyOptions = (command: Command): Command =>
  withKeyOption(command).option(
    '--bill-to <organisation>',
    'who pays on Hugging Face, by its name on the Hub',
  )

/** Adds where a server is, and with which key. */
export const withServerOptions = (command: Command): Command => withKeyOption(withAddressOption(command))

const withAddressOption = (command: Command): Command =>
  command.option(
    '--base-url <url>',
    'another server with the same API, such as http://127.0.0.1:8080/v1',
    httpUrl,
  )

const withKeyOption = (command: Command): Command =>
  command
    .option('--api-key-env <name>', 'the environment variable that holds the key')
    .option('--timeout <seconds>', 'the longest a whole answer may take', milliseconds)

/** An option that a variable may set; an empty one sets nothing. */
export const orFrom = (variable: string, option: Option): Option =>
  process.env[variable] ? option.env(variable) : option

/**
 * What the options of a command say of who answers.
 * @throws UsageError for those that cannot be used together
 */
export function askedBy(command: Command, flags: AskFlags): Asked {
  const { local, baseUrl, system, param = [], apiKeyEnv, billTo, timeout } = flags
  if (local !== undefined && baseUrl !== undefined)
    throw new UsageError('--local and --base-url cannot be used together')
  // --local on the command line says more than a model in the environment.
  const isOverruled = local !== undefined && command.getOptionValueSource('model') === 'env'
  return {
    ...placed(local, isOverruled ? undefined : flags.model),
    system,
    params: paramsOf(param),
    baseUrl,
    apiKeyEnv,
    billTo,
    timeout,
  }
}
