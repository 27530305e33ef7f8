import { type Command, Option } from 'commander'
import { AFTER_SESSIONS_HELP } from './help.ts'
import type { SessionsTask } from './task.ts'
import { count } from './values.ts'

interface ListFlags {
  readonly limit?: number
  readonly json?: boolean
}

const ID = 'how its id begins, as natter sessions lists it'

/** `natter sessions …`. */
export function sessionsCommand(program: Command, found: (task: SessionsTask) => void): Command {
  const sessions = program
    .command('sessions')
    .summary('list, search, show, export and delete conversations')
    .description('Lists the conversations that are kept on this machine, the newest first.')
    .option('--limit <number>', 'the most to list', count)
    .option('--json', 'print one line of JSON for each')
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_SESSIONS_HELP)
    .action(({ limit, json = false }: ListFlags) =>
      found({ type: 'sessions', action: 'list', search: '', limit, json }),
    )
  sessions
    .command('search')
    .description('Lists the conversations in which all of some words stand in one message.')
    .argument('<words...>', 'the words, whatever their case')
    .option('--limit <number>', 'the most to list', count)
    .option('--json', 'print one line of JSON for each')
    .action((words: readonly string[], _: unknown, command: Command) => {
      const { limit, json = false } = command.optsWithGlobals<ListFlags>()
      found({ type: 'sessions', action: 'list', search: words.join(' '), limit, json })
    })
  sessions
    .command('show')
    .description('Shows what was said in a conversation.')
    .argument('[id]', `${ID}; without it, the last conversation`)
    .option('--json', 'print it as a saved chat, for Chat.fromJSON')
    .action((id: string | undefined, _: unknown, command: Command) =>
      found({
        type: 'sessions',
        action: 'show',
        id,
        json: command.optsWithGlobals<ListFlags>().json ?? false,
      }),
    )
  sessions
    .command('export')
    .description('Writes a conversation as a page, or as a session trace of the Hub.')
    .argument('[id]', `${ID}; without it, the last conversation`)
    .addOption(
      new Option('-f, --format <name>', 'what to write')
        .choices(['markdown', 'md', 'html', 'jsonl'])
        .default('markdown'),
    )
    .option('-o, --output <file>', 'where to; without it, standard output')
    .action(
      (id: string | undefined, { format, output }: { readonly format: string; readonly output?: string }) =>
        found({
          type: 'sessions',
          action: 'export',
          id,
          format: format === 'html' || format === 'jsonl' ? format : 'md',
          output,
        }),
    )
  sessions
    .command('rename')
    .description('Gives a conversation another title.')
    .argument('<id>', ID)
    .argument('<title...>', 'the title')
    .action((id: string, title: readonly string[]) =>
      found({ type: 'sessions', action: 'rename', id, title: title.join(' ') }),
    )
  sessions
    .command('delete')
    .description('Deletes conversations for good, once you have said yes.')
    .argument('<ids...>', ID)
    .option('-y, --yes', 'do not ask')
    .action((ids: readonly string[], { yes = false }: { readonly yes?: boolean }) =>
      found({ type: 'sessions', action: 'delete', ids, isSure: yes }),
    )
  return sessions
}
