import { type Command, InvalidArgumentError, Option } from 'commander'
import { AFTER_LOGIN_HELP } from './help.ts'
import type { LoginTask, LogoutTask } from './task.ts'

interface Flags {
  readonly clientId?: string
  readonly scopes?: readonly string[]
  readonly tokenStdin?: boolean
}

/** `natter login [options]`. */
export function loginCommand(program: Command, found: (task: LoginTask) => void): Command {
  return program
    .command('login')
    .summary('sign in to Hugging Face')
    .description('Signs in to Hugging Face, and keeps the token where `hf auth login` does.')
    .addOption(
      new Option('--client-id <id>', 'the OAuth application that you sign in to').env('NATTER_HF_CLIENT_ID'),
    )
    .option('--scopes <list>', 'what it may do, such as openid,profile,inference-api', scopes)
    .option('--token-stdin', 'take a token from standard input instead')
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_LOGIN_HELP)
    .action(({ clientId, scopes: asked, tokenStdin = false }: Flags) =>
      found({ type: 'login', clientId: clientId || undefined, scopes: asked, isTokenPiped: tokenStdin }),
    )
}

/** `natter logout`. */
export function logoutCommand(program: Command, found: (task: LogoutTask) => void): Command {
  return program
    .command('logout')
    .summary('forget the token')
    .description('Removes the token that `natter login` or `hf auth login` keeps on this machine.')
    .option('--debug', 'show the stack of errors')
    .action(() => found({ type: 'logout' }))
}

function scopes(text: string): readonly string[] {
  const list = text.split(/[\s,]+/).filter(Boolean)
  if (list.length > 0) return list
  throw new InvalidArgumentError('It must be a list such as openid,profile,inference-api.')
}
