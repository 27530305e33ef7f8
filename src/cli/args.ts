import { Command } from 'commander'
import { askCommand } from './ask-command.ts'
import { UsageError } from './failure.ts'
import { settleLocal } from './local-option.ts'
import { loginCommand, logoutCommand } from './login-command.ts'
import { mapCommand } from './map-command.ts'
import { serveCommand } from './serve-command.ts'
import type { Task } from './task.ts'
import { version } from './version.ts'
import { whoamiCommand } from './whoami-command.ts'

/** What natter does besides asking. */
const COMMANDS = [mapCommand, serveCommand, loginCommand, logoutCommand, whoamiCommand]

/**
 * Reads a command line.
 * @throws CommanderError where help was shown or something is wrong, or UsageError
 */
export function readTask(argv: readonly string[]): Task {
  let task: Task | undefined
  const found = (read: Task): void => void (task = read)
  const program = new Command('natter')
    .version(version(), '-V, --version', 'print the version')
    .helpCommand(false)
    .enablePositionalOptions()
  askCommand(program, found)
  for (const declare of COMMANDS) declare(program, found).allowExcessArguments(true)
  program.hook('preAction', (_, command) => {
    const words = command.args.slice(command.registeredArguments.length)
    if (command !== program && words.length > 0) throw taken(command.name(), words)
  })
  for (const command of [program, ...program.commands]) {
    const name = command === program ? 'natter' : `natter ${command.name()}`
    command
      .helpOption('-h, --help', 'print this help')
      .exitOverride()
      .configureOutput({ outputError: (text, print) => print(ours(text, name)) })
  }
  // `natter help` alone is a wish for help; `natter help me with …` is a prompt.
  const isHelp = argv.length === 1 && argv[0] === 'help'
  program.parse(isHelp ? ['--help'] : settleLocal(argv), { from: 'user' })
  if (!task) throw new UsageError('nothing to do')
  return task
}

/** Words behind a command: most likely it was none. */
const taken = (name: string, words: readonly string[]): UsageError =>
  new UsageError(
    `natter ${name} takes no words. To ask that as a prompt, quote it: natter "${[name, ...words].join(' ')}"`,
  )

const ours = (text: string, name: string): string =>
  `${text.replace(/^error: /, 'natter: ').trimEnd()}\nTry ${name} --help.\n`
