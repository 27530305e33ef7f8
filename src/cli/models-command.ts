import type { Command } from 'commander'
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
  readonly apiKeyEnv?: string
  readonly json?: boolean
  readonly debug?: boolean
}

/** `natter models [provider or id] [options]`. */
export function modelsCommand(program: Command, found: (task: ModelsTask) => void): Command {
  return program
    .command('models')
    .summary('list the models of a provider, or tell what one can do')
    .description(
      'Lists the models of Hugging Face or another provider, or tells what is known of one of the Hub.',
    )
    .argument('[name]', 'a provider, such as anthropic, or a model, such as google/gemma-2-2b-it')
    .option('--tools', 'only models that take tools')
    .option('--structured', 'only models that answer in the form of a schema')
    .option('--image', 'only models that see pictures')
    .option('--min-context <tokens>', 'the shortest context', count)
    .option('--max-price <dollars>', 'the highest price for a million tokens of output', dollars)
    .option('--backend <name>', 'who must run it on Hugging Face, such as groq')
    .option('--base-url <url>', 'another server with the same API', httpUrl)
    .option('--api-key-env <name>', 'the environment variable that holds the key')
    .option('--json', 'print one line of JSON')
    .option('--debug', 'show each request (keys left out) and the stack of errors')
    .addHelpText('after', AFTER_MODELS_HELP)
    .action((name: string | undefined, flags: Flags) => found(taskOf(name, flags)))
}

function taskOf(name: string | undefined, flags: Flags): ModelsTask {
  const { backend, baseUrl, apiKeyEnv, json = false, debug = false, ...wish } = flags
  return { type: 'models', name, wish: { ...wish, provider: backend }, baseUrl, apiKeyEnv, json, debug }
}
