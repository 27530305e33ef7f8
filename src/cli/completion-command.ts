import { Argument, type Command } from 'commander'
import { AFTER_COMPLETION_HELP } from './help.ts'
import type { CompletionTask } from './task.ts'

/** `natter completion bash|zsh|fish`. */
export function completionCommand(program: Command, found: (task: CompletionTask) => void): Command {
  return program
    .command('completion')
    .summary('teach a shell the commands and options')
    .description('Prints what teaches a shell to complete the commands and options with Tab.')
    .addArgument(new Argument('<shell>', 'which one').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', AFTER_COMPLETION_HELP)
    .action((shell: CompletionTask['shell']) => found({ type: 'completion', shell, program }))
}
