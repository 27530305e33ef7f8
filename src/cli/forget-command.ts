import type { Command } from 'commander'
import { AFTER_FORGET_HELP } from './help.ts'
import type { ForgetTask } from './task.ts'

/** `natter forget [model]`. */
export function forgetCommand(program: Command, found: (task: ForgetTask) => void): Command {
  return program
    .command('forget')
    .summary('forget what was learned of models')
    .description('Forgets what was learned of a model, or of all, from what it refused.')
    .argument('[model]', 'one model, such as google/gemma-2-2b-it, or at one backend, with :groq after it')
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_FORGET_HELP)
    .action((model: string | undefined) => found({ type: 'forget', model }))
}
