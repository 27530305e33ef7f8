import type { Command } from 'commander'
import { type AskFlags, FOR_ROWS, askedBy, withTellingOptions } from './ask-options.ts'
import { UsageError } from './failure.ts'
import { AFTER_COMPARE_HELP } from './help.ts'
import type { CompareTask } from './task.ts'
import { collect, milliseconds } from './values.ts'

interface Flags extends Omit<AskFlags, 'model'> {
  readonly model?: readonly string[]
  readonly image?: readonly string[]
  readonly json?: boolean
}

/** `natter compare -m one -m other [prompt...]`. */
export function compareCommand(program: Command, found: (task: CompareTask) => void): Command {
  const compare = program
    .command('compare')
    .summary('ask several models the same, side by side')
    .description(
      'Asks several models the same at once, and shows their answers side by side with what each took.',
    )
    .argument('[prompt...]', 'what to ask')
    .option('-m, --model <name>', 'whom to ask; twice or more', collect(String))
  return withTellingOptions(compare)
    .option('-i, --image <file>', 'a picture: path, https: or data: URL; repeatable', collect(String))
    .option('--timeout <seconds>', 'the longest a whole answer may take', milliseconds)
    .option('--json', 'print one line of JSON for each: model, text, error, firstText, duration, usage, cost')
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_COMPARE_HELP)
    .action((words: readonly string[], { model: models = [], image = [], json = false, ...flags }: Flags) => {
      if (models.length < 2)
        throw new UsageError('compare takes two models or more: natter compare -m one -m other "prompt"')
      found({
        type: 'compare',
        models,
        ask: { ...FOR_ROWS, ...askedBy(compare, flags), words, images: image, json, stream: true },
      })
    })
}
