import { type Command, Option } from 'commander'
import { AFTER_QUEUE_HELP, AFTER_WORKER_HELP } from './help.ts'
import {
  type AskFlags,
  FOR_ROWS,
  askedBy,
  orFrom,
  withKeyOptions,
  withModelOptions,
  withPlaceOptions,
} from './ask-options.ts'
import type { QueueAddTask, QueueResultsTask, QueueShortTask, QueueTask, WorkerTask } from './queue-task.ts'
import { count, milliseconds } from './values.ts'

interface PlaceFlags {
  readonly redis: string
  readonly queue: string
}

type AddFlags = PlaceFlags &
  AskFlags &
  Pick<QueueAddTask, 'prompt' | 'schema' | 'maxActive' | 'maxWaiting' | 'rpm' | 'tpm' | 'tries'>

type ResultsFlags = PlaceFlags &
  Partial<Pick<QueueResultsTask, 'follow' | 'remove'>> & { readonly output: string }

type WorkerFlags = PlaceFlags & Omit<WorkerTask, 'type' | 'once'> & { readonly once?: boolean }

/** `natter queue add|status|results|retry|remove`. */
export function queueCommand(program: Command, found: (task: QueueTask) => void): Command {
  const queue = program
    .command('queue')
    .summary('prompts for workers on many machines')
    .description('Puts prompts into a queue in Redis, shows how far it is, and fetches the answers.')
    .addHelpText('after', AFTER_QUEUE_HELP)
  const add = placed(queue.command('add').description('Puts a prompt for each row of a file into a queue.'))
  withModelOptions(add)
    .argument('<rows>', 'a .csv, .tsv or .jsonl file; the first row of a table names its columns')
    .requiredOption(
      '--prompt <template>',
      "what to ask, as in 'Summarise {{text}}'; @file reads it from a file",
    )
    .option('--schema <file>', 'a JSON Schema: asks for data in that form')
    .option('--rpm <number>', 'the most requests of all workers in a minute', count)
    .option('--tpm <number>', 'the most tokens of all workers in a minute', count)
    .option('--max-active <number>', 'how many prompts all workers have in hand at once', count)
    .option('--max-waiting <number>', 'add no more while so many wait, to spare the memory of Redis', count)
    .option('--tries <number>', 'how often to ask what fails in a way that may pass (default: 3)', count)
    .action((input: string, { redis, queue: name, ...flags }: AddFlags) =>
      found({
        ...flags,
        type: 'queue-add',
        input,
        redis,
        name,
        ask: { ...FOR_ROWS, ...askedBy(add, flags) },
      }),
    )
  placed(queue.command('results').description('Writes the answers of a queue to a file.'))
    .argument('[rows]', 'the file that was added: its columns go with the answers')
    .requiredOption('-o, --output <file>', 'where the answers go: .jsonl, .csv, .tsv or .parquet')
    .option('--follow', 'wait until all are there')
    .option('--remove', 'take them out of Redis, to spare its memory')
    .action((input: string | undefined, { redis, queue: name, output, follow, remove }: ResultsFlags) =>
      found({
        type: 'queue-results',
        input,
        redis,
        name,
        output,
        follow: follow === true,
        remove: remove === true,
      }),
    )
  const short = (end: 'status' | 'retry' | 'remove', description: string): Command =>
    placed(queue.command(end).description(description)).action(
      ({ redis, queue: name, json }: PlaceFlags & Partial<Pick<QueueShortTask, 'json'>>) =>
        found({ type: `queue-${end}`, redis, name, json: json === true }),
    )
  short('status', 'Says how far a queue is.').option('--json', 'as one JSON object')
  short('retry', 'Has the prompts that failed asked again.')
  short('remove', 'Removes a queue from Redis, with its prompts and answers.')
  return queue
}

/** `natter worker [options]`. */
export function workerCommand(program: Command, found: (task: WorkerTask) => void): Command {
  const worker = placed(
    program
      .command('worker')
      .summary('ask the prompts of a queue, beside workers on other machines')
      .description('Takes prompts of a queue in Redis and asks them, until it is told to stop.'),
  )
  return withKeyOptions(withPlaceOptions(worker))
    .option('--max-active <number>', 'how many at once (default: 10, and more while it goes well)', count)
    .option('--once', 'end when all prompts of the queue have their results')
    .option('--account <name>', 'whose limits are shared, where each machine has another key')
    .option('--dead-after <seconds>', 'how long until others take up what a dead worker had', milliseconds)
    .option('--grace <seconds>', 'how long to finish what is under way when told to stop', milliseconds)
    .option('--no-progress', 'show no progress')
    .addHelpText('after', AFTER_WORKER_HELP)
    .action(({ queue: name, once, ...flags }: WorkerFlags & { readonly queue: string }) =>
      found({ ...flags, type: 'worker', name, once: once === true }),
    )
}

const placed = (command: Command): Command =>
  command
    .addOption(
      orFrom(
        'REDIS_URL',
        new Option(
          '--redis <url>',
          'where Redis is, as redis://user:password@host:6379; rediss:// for TLS; or in REDIS_URL',
        ).default('redis://127.0.0.1:6379'),
      ),
    )
    .option('--queue <name>', 'the name of the queue', 'natter')
    .option('--debug', 'show the stack of errors')
