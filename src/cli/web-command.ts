import { type Command, Option } from 'commander'
import { type AskFlags, askedBy, withAskOptions } from './ask-options.ts'
import { AFTER_WEB_HELP } from './help.ts'
import type { WebTask } from './task.ts'
import { port } from './values.ts'

interface Flags extends AskFlags, Pick<WebTask, 'host' | 'port' | 'open' | 'history'> {
  readonly token?: string
  readonly password?: string
  readonly debug?: boolean
}

/** `natter web [options]`. */
export function webCommand(program: Command, found: (task: WebTask) => void): Command {
  const command = program
    .command('web')
    .summary('chat in the browser')
    .description('Serves a page to chat in, and opens it in the browser.')
    .option('--port <number>', '0 for any free one', port, 0)
    .option(
      '--host <address>',
      'where to listen; any but this machine needs a token or a password',
      '127.0.0.1',
    )
    .addOption(
      new Option('--token <text>', 'lets whoever has it in, 16 characters or more').env('NATTER_WEB_TOKEN'),
    )
    .addOption(
      new Option('--password <text>', 'is asked for, 8 characters or more').env('NATTER_WEB_PASSWORD'),
    )
    .option('--no-open', 'open no browser, only print the address')
    .option('--no-history', 'keep conversations only until the end')
  return withAskOptions(command)
    .option('--debug', 'show each request (keys left out) and the stack of errors')
    .addHelpText('after', AFTER_WEB_HELP)
    .action(({ host, port: asked, token, password, open, history, debug = false, ...who }: Flags) =>
      found({
        type: 'web',
        host,
        port: asked,
        // A variable that is set and empty sets nothing.
        token: token || undefined,
        password: password || undefined,
        open,
        history,
        ask: {
          type: 'ask',
          words: [],
          ...askedBy(command, who),
          images: [],
          stream: true,
          json: false,
          echo: 'none',
          debug,
        },
      }),
    )
}
