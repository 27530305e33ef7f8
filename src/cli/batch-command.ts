import { type Command, Option } from 'commander'
import { type AskFlags, FOR_ROWS, askedBy, withAskOptions, withServerOptions } from './ask-options.ts'
import { UsageError } from './failure.ts'
import { AFTER_BATCH_HELP, AFTER_FETCH_HELP, AFTER_SUBMIT_HELP } from './help.ts'
import type { BatchAccess, BatchFetchTask, BatchStatusTask, BatchSubmitTask } from './task.ts'

type BatchTask = BatchSubmitTask | BatchStatusTask | BatchFetchTask

type SubmitFlags = AskFlags & Pick<BatchSubmitTask, 'prompt' | 'schema' | 'state' | 'adopt'>

interface AccessFlags extends Partial<Omit<BatchAccess, 'state'>> {
  readonly json?: boolean
}

type FetchFlags = AccessFlags &
  Pick<BatchFetchTask, 'output' | 'adopt' | 'progress'> &
  Partial<Pick<BatchFetchTask, 'wait' | 'retry' | 'force'>>

/** `natter batch submit|status|fetch|cancel`. */
export function batchCommand(program: Command, found: (task: BatchTask) => void): Command {
  const batch = program
    .command('batch')
    .summary('hand in a prompt for each row of a table, for half the price')
    .description('Hands in prompts that the provider answers within a day, for about half the price.')
    .helpCommand(false)
    .addHelpText('after', AFTER_BATCH_HELP)
  submit(batch, found)
  about(batch, 'status', 'say how far it is').action((state: string, flags: AccessFlags) =>
    found({ type: 'batch-status', ...accessOf(state, flags), json: flags.json ?? false }),
  )
  fetch(batch, found)
  about(batch, 'cancel', 'have nothing more answered; what is answered stays').action(
    (state: string, flags: AccessFlags) =>
      found({ type: 'batch-cancel', ...accessOf(state, flags), json: flags.json ?? false }),
  )
  return batch
}

function submit(batch: Command, found: (task: BatchTask) => void): void {
  const command = batch
    .command('submit')
    .description('Hands in a prompt for each row of a CSV or JSONL file.')
    .argument('<rows>', 'a .csv, .tsv or .jsonl file; the first row of a table names its columns')
    .requiredOption(
      '--prompt <template>',
      "what to ask, as in 'Summarise {{text}}'; @file reads it from a file",
    )
    .option('--schema <file>', 'a JSON Schema: asks for data in that form')
    .option('--state <file>', 'the file that keeps the batch (default: <rows>.batch.jsonl)')
  adoptable(withAskOptions(command))
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_SUBMIT_HELP)
    .action((input: string, flags: SubmitFlags) => {
      const { prompt, schema, state, adopt } = flags
      const asked = askedBy(command, flags)
      if (asked.model === undefined)
        throw new UsageError('a batch needs --model provider/model, of a provider that answers batches')
      found({ type: 'batch-submit', input, prompt, schema, state, adopt, ask: { ...FOR_ROWS, ...asked } })
    })
}

function fetch(batch: Command, found: (task: BatchTask) => void): void {
  const command = withFile(batch.command('fetch'))
    .description('Writes the rows with their answers.')
    .option('-o, --output <file>', 'where they go: .jsonl, .csv, .tsv or .parquet (default: standard output)')
    .option('--force', 'replace the output file, if there is one')
    .option('--wait', 'wait until the batch is over')
    .option('--retry', 'hand in once more what failed, expired or was cancelled')
    .option('--no-progress', 'show no progress')
  adoptable(withServerOptions(command))
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_FETCH_HELP)
    .action((state: string, { wait = false, retry = false, force = false, ...flags }: FetchFlags) => {
      const { output, adopt, progress } = flags
      found({ type: 'batch-fetch', ...accessOf(state, flags), output, adopt, wait, retry, force, progress })
    })
}

const about = (batch: Command, name: string, what: string): Command =>
  withServerOptions(
    withFile(batch.command(name))
      .summary(what)
      .description(`${what[0]?.toUpperCase()}${what.slice(1)}.`)
      .option('--json', 'print one line of JSON')
      .option('--debug', 'show the stack of errors'),
  )

const withFile = (command: Command): Command =>
  command.argument('<file>', 'the file that keeps the batch, as natter batch submit made it')

/** Only for where the person must say what nobody else knows. */
const adoptable = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--adopt <id>',
        'the batch that an interrupted command handed in, where that cannot be found',
      ),
    )
    .addOption(new Option('--no-adopt', 'where it handed in none'))

const accessOf = (state: string, { baseUrl, apiKeyEnv, timeout }: AccessFlags): BatchAccess => ({
  state,
  baseUrl,
  apiKeyEnv,
  timeout,
})
