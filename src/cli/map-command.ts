import { type Command, InvalidArgumentError } from 'commander'
import { type AskFlags, FOR_ROWS, askedBy, withAskOptions } from './ask-options.ts'
import { UsageError } from './failure.ts'
import { AFTER_MAP_HELP } from './help.ts'
import type { MapTask } from './task.ts'
import { count } from './values.ts'

interface Flags extends AskFlags, Omit<MapTask, 'type' | 'input' | 'prompt' | 'output' | 'ask'> {
  readonly prompt?: string
  readonly output?: string
}

/** `natter map <rows> --prompt <template> -o <file>`. */
export function mapCommand(program: Command, found: (task: MapTask) => void): Command {
  const command = program
    .command('map')
    .summary('ask one prompt for each row of a table')
    .description('Asks a prompt for each row of a CSV or JSONL file, and writes the rows with the answers.')
    .usage('<rows> --prompt <template> -o <file> [options]')
    .argument('[rows]', 'a .csv, .tsv or .jsonl file; the first row of a table names its columns')
    .option('--prompt <template>', "what to ask, as in 'Summarise {{text}}'; @file reads it from a file")
    .option('-o, --output <file>', 'where the answers go: .jsonl, .csv, .tsv or .parquet')
    .option('--schema <file>', 'a JSON Schema: asks for data in that form')
    .option('--max-active <number>', 'how many at once (default: 10, and more while it goes well)', count)
    .option('--rpm <number>', 'the most requests in a minute', count)
    .option('--tpm <number>', 'the most tokens in a minute', count)
    .option('--budget <dollars>', 'the most that all together may cost', amount)
    .option('--budget-tokens <number>', 'the most tokens that all together may take', count)
    .option('--estimate', 'ask eight rows first, and say what all of them will cost')
    .option('--resume <file>', 'the file that keeps each answer as it comes (default: <output>.run.jsonl)')
    .option('--no-progress', 'show no progress')
  return withAskOptions(command)
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_MAP_HELP)
    .action((input: string | undefined, flags: Flags) => found(taskOf(command, input, flags)))
}

function amount(text: string): number {
  const dollars = Number(text.replace(/^\$/, ''))
  if (text.trim() !== '' && dollars > 0 && dollars < Infinity) return dollars
  throw new InvalidArgumentError('It must be dollars, such as 2.5.')
}

function taskOf(command: Command, input: string | undefined, flags: Flags): MapTask {
  const { prompt, output, schema, maxActive, rpm, tpm, budget, budgetTokens, estimate, resume, progress } =
    flags
  if (input === undefined || prompt === undefined || output === undefined)
    throw lacking({ '<rows>': input, '--prompt <template>': prompt, '--output <file>': output })
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
    ask: { ...FOR_ROWS, ...askedBy(command, flags) },
  }
}

/** All that is missing at once; commander would tell one at a time. */
function lacking(needed: Readonly<Record<string, string | undefined>>): UsageError {
  const names = Object.keys(needed).filter((name) => needed[name] === undefined)
  return new UsageError(`natter map also needs ${names.join(', ')}: see natter map --help`)
}
