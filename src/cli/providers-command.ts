import type { Command } from 'commander'
import type { ProvidersTask } from './task.ts'

/** `natter providers [--json]`. */
export function providersCommand(program: Command, found: (task: ProvidersTask) => void): Command {
  return program
    .command('providers')
    .summary('list who can be asked, and whether a key was found')
    .description(
      'Lists who can be asked: by which name, with which key, whether one was found, and by default which model.',
    )
    .option('--json', 'print one line of JSON for each')
    .option('--debug', 'show the stack of errors')
    .action(({ json = false }: { readonly json?: boolean }) => found({ type: 'providers', json }))
}
