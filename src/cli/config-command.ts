import type { Command } from 'commander'
import { AFTER_CONFIG_HELP, AFTER_TEMPLATES_HELP } from './help.ts'
import type { ConfigTask, TemplatesTask } from './task.ts'

interface Flags {
  readonly trust?: boolean
  readonly json?: boolean
}

/** `natter config [options]`. */
export function configCommand(program: Command, found: (task: ConfigTask) => void): Command {
  return program
    .command('config')
    .summary('show what the config files say')
    .description('Shows what holds by the environment and the config files, and which of them says it.')
    .option('--trust', "run the project's config, a program, as it stands now")
    .option('--json', 'print one line of JSON')
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_CONFIG_HELP)
    .action(({ trust = false, json = false }: Flags) => found({ type: 'config', trust, json }))
}

/** `natter templates [options]`. */
export function templatesCommand(program: Command, found: (task: TemplatesTask) => void): Command {
  return program
    .command('templates')
    .summary('list the prompts with names')
    .description('Lists the templates of the config files, for natter -t.')
    .option('--json', 'print one line of JSON for each')
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_TEMPLATES_HELP)
    .action(({ json = false }: Flags) => found({ type: 'templates', json }))
}
