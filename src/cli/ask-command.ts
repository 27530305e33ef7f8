import { type Command, Option } from 'commander'
import { UsageError } from './failure.ts'
import { AFTER_HELP } from './help.ts'
import { placed } from './local-option.ts'
import { type NamedValue, namedValue, paramsOf } from './param-option.ts'
import type { AskTask } from './task.ts'
import { collect, httpUrl, milliseconds } from './values.ts'

interface Flags extends Pick<
  AskTask,
  'model' | 'system' | 'stream' | 'baseUrl' | 'apiKeyEnv' | 'billTo' | 'timeout'
> {
  readonly param?: readonly NamedValue[]
  readonly image?: readonly string[]
  readonly local?: string
  readonly json?: boolean
  readonly echo: AskTask['echo'] | 'text'
  readonly debug?: boolean
}

const MODEL = new Option(
  '-m, --model <name>',
  'provider/model, a model id of the Hub, or a .gguf file; `natter providers` lists who',
)
const ECHO = new Option(
  '--echo <what>',
  'show none, output (the answer), or all (prompt, thinking, tokens too)',
)
  .choices(['none', 'output', 'text', 'all'])
  .default('output')

/** `natter [options] [prompt...]`. */
export function askCommand(program: Command, found: (task: AskTask) => void): void {
  program
    .description('Chat with models hosted on Hugging Face, anywhere else, or on this machine.')
    .usage('[options] [prompt...]\n       natter serve --local [options]')
    .argument('[prompt...]', 'what to ask; without it, a conversation on a terminal')
    .addOption(orFrom('NATTER_MODEL', MODEL))
    .option('-s, --system <text>', 'what the model is told before all else')
    .option(
      '-p, --param <name=value>',
      'a parameter, such as temperature=0.2; repeatable',
      collect(namedValue),
    )
    .option('-i, --image <file>', 'a picture: path, https: or data: URL; repeatable', collect(String))
    .option(
      '-l, --local [model]',
      'a model on this machine: the built-in one, a .gguf file, hf.co/org/repo:quant',
    )
    .option('--no-stream', 'wait for the whole answer')
    .option('--json', 'print one line of JSON: text, model, servedBy, finish, usage, cost …')
    .addOption(orFrom('NATTER_ECHO', ECHO))
    .option('--base-url <url>', 'another server with the same API, such as http://127.0.0.1:8080/v1', httpUrl)
    .option('--api-key-env <name>', 'the environment variable that holds the key')
    .option('--bill-to <organisation>', 'who pays on Hugging Face, by its name on the Hub')
    .option('--timeout <seconds>', 'the longest the whole answer may take', milliseconds)
    .option('--debug', 'show each request (keys left out) and the stack of errors')
    .addHelpText('after', AFTER_HELP)
    .action((words: readonly string[], flags: Flags) => {
      // --local on the command line says more than a model in the environment.
      const isOverruled = flags.local !== undefined && program.getOptionValueSource('model') === 'env'
      found(taskOf(words, isOverruled ? { ...flags, model: undefined } : flags))
    })
}

/** An option that a variable may set; an empty one sets nothing. */
const orFrom = (variable: string, option: Option): Option =>
  process.env[variable] ? option.env(variable) : option

function taskOf(words: readonly string[], flags: Flags): AskTask {
  const { local, model, baseUrl, param = [], image = [], json = false, debug = false, echo } = flags
  if (local !== undefined && baseUrl !== undefined)
    throw new UsageError('--local and --base-url cannot be used together')
  return {
    type: 'ask',
    words,
    ...placed(local, model),
    system: flags.system,
    params: paramsOf(param),
    images: image,
    stream: flags.stream,
    json,
    baseUrl,
    apiKeyEnv: flags.apiKeyEnv,
    billTo: flags.billTo,
    echo: echo === 'text' ? 'output' : echo,
    timeout: flags.timeout,
    debug,
  }
}
