import type { Command } from 'commander'
import { UsageError } from './failure.ts'
import { AFTER_MODELS_HELP } from './help.ts'
import type { ModelsTask } from './task.ts'
import { count, dollars, httpUrl } from './values.ts'

interface Flags {
  readonly tools?: boolean
  readonly structured?: boolean
  readonly image?: boolean
  readonly minContext?: number
  readonly maxPrice?: number
  readonly backend?: string
  readonly baseUrl?: string
  readonly json?: boolean
}

/** `natter models [id] [options]`. */
export function modelsCommand(program: Command, found: (task: ModelsTask) => void): Command {
  return program
    .command('models')
    .summary('list models on Hugging Face, or tell what one can do')
    .description('Lists the models that Hugging Face serves, or tells what is known of one.')
    .argument('[id]', 'one model, such as meta-llama/Llama-3.1-8B-Instruct')
    .option('--tools', 'only models that take tools')
    .option('--structured', 'only models that answer in the form of a schema')
    .option('--image', 'only models that see pictures')
    .option('--min-context <tokens>', 'the shortest context', count)
    .option('--max-price <dollars>', 'the highest price for a million tokens of output', dollars)
    .option('--backend <name>', 'who must run it, such as groq')
    .option('--base-url <url>', 'another server with the same API', httpUrl)
    .option('--json', 'print one line of JSON')
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_MODELS_HELP)
    .action((id: string | undefined, flags: Flags) => found(taskOf(id, flags)))
}

function taskOf(id: string | undefined, flags: Flags): ModelsTask {
  const { backend, baseUrl, json = false, tools, structured, image, minContext, maxPrice } = flags
  const task = { type: 'models', baseUrl, json } as const
  const wish = { tools, structured, image, minContext, maxPrice }
  if (id === undefined) return { ...task, id, wish: { ...wish, provider: backend } }
  if (Object.values(wish).some((value) => value !== undefined))
    throw new UsageError(
      `what is asked for chooses from the list of all: natter models ${id} tells all of that one`,
    )
  return { ...task, id: backend === undefined ? id : `${id.replace(/:.*/, '')}:${backend}`, wish: {} }
}
