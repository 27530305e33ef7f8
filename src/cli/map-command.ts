import { type Command, InvalidArgumentError } from 'commander'
import { AFTER_MAP_HELP } from './help.ts'
import { UsageError } from './failure.ts'
import { placed } from './local-option.ts'
import { type NamedValue, namedValue, paramsOf } from './param-option.ts'
import type { MapTask } from './task.ts'
import { collect, count, httpUrl, milliseconds } from './values.ts'

interface Flags extends Omit<MapTask, 'type' | 'input' | 'ask'> {
  readonly model?: string
  readonly local?: string
  readonly system?: string
  readonly param?: readonly NamedValue[]
  readonly baseUrl?: string
  readonly apiKeyEnv?: string
  readonly billTo?: string
  readonly timeout?: number
  readonly debug?: boolean
}

/** `natter map <rows> --prompt <template> -o <file>`. */
export function mapCommand(program: Command, found: (task: MapTask) => void): Command {
  return program
    .command('map')
    .summary('ask one prompt for each row of a table')
    .description('Asks a prompt for each row of a CSV or JSONL file, and writes the rows with the answers.')
    .argument('<rows>', 'a .csv, .tsv or .jsonl file; the first row of a table names its columns')
    .requiredOption(
      '--prompt <template>',
      "what to ask, as in 'Summarise {{text}}'; @file reads it from a file",
    )
    .requiredOption('-o, --output <file>', 'where the answers go: .jsonl, .csv, .tsv or .parquet')
    .option('--schema <file>', 'a JSON Schema: asks for data in that form')
    .option('--max-active <number>', 'how many at once (default: 10, and more while it goes well)', count)
    .option('--rpm <number>', 'the most requests in a minute', count)
    .option('--tpm <number>', 'the most tokens in a minute', count)
    .option('--budget <dollars>', 'the most that all together may cost', amount)
    .option('--budget-tokens <number>', 'the most tokens that all together may take', count)
    .option('--estimate', 'ask eight rows first, and say what all of them will cost')
    .option('--resume <file>', 'the file that keeps each answer as it comes (default: <output>.run.jsonl)')
    .option('--no-progress', 'show no progress')
    .option('-m, --model <name>', 'provider/model, a model id of the Hub, or a .gguf file')
    .option(
      '-l, --local [model]',
      'a model on this machine: the built-in one, a .gguf file, hf.co/org/repo:quant',
    )
    .option('-s, --system <text>', 'what the model is told before all else')
    .option('-p, --param <name=value>', 'a parameter, such as temperature=0; repeatable', collect(namedValue))
    .option('--base-url <url>', 'another server with the same API', httpUrl)
    .option('--api-key-env <name>', 'the environment variable that holds the key')
    .option('--bill-to <organisation>', 'who pays on Hugging Face, by its name on the Hub')
    .option('--timeout <seconds>', 'the longest one answer may take', milliseconds)
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_MAP_HELP)
    .action((input: string, flags: Flags) => found(taskOf(input, flags)))
}

function amount(text: string): number {
  const dollars = Number(text.replace(/^\$/, ''))
  if (text.trim() !== '' && dollars > 0 && dollars < Infinity) return dollars
  throw new InvalidArgumentError('It must be dollars, such as 2.5.')
}

function taskOf(input: string, flags: Flags): MapTask {
  const { local, model = process.env['NATTER_MODEL'] || undefined, baseUrl, param = [] } = flags
  if (local !== undefined && baseUrl !== undefined)
    throw new UsageError('--local and --base-url cannot be used together')
  const { prompt, output, schema, maxActive, rpm, tpm, budget, budgetTokens, estimate, resume, progress } =
    flags
  return {
    type: 'map',
    input,
    prompt,
    output,
    schema,
    maxActive,
    rpm,
    tpm,
    budget,
    budgetTokens,
    estimate,
    resume,
    progress,
    ask: {
      type: 'ask',
      words: [],
      // What is on the command line says more than a model in the environment.
      ...placed(local, local === undefined ? model : flags.model),
      system: flags.system,
      params: paramsOf(param),
      images: [],
      stream: false,
      json: false,
      baseUrl,
      apiKeyEnv: flags.apiKeyEnv,
      billTo: flags.billTo,
      echo: 'none',
      timeout: flags.timeout,
      debug: false,
    },
  }
}
