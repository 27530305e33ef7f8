import type { Command } from 'commander'
import type { WhoamiTask } from './task.ts'

/** `natter whoami [--json]`. */
export function whoamiCommand(program: Command, found: (task: WhoamiTask) => void): Command {
  return program
    .command('whoami')
    .summary('show who you are on Hugging Face')
    .description('Shows whose token is in use on Hugging Face, where it was found, and what it may do.')
    .option('--json', 'print one line of JSON')
    .option('--debug', 'show the stack of errors')
    .action(({ json = false }: { readonly json?: boolean }) => found({ type: 'whoami', json }))
}
