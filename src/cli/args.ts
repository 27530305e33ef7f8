import { Command } from 'commander'
import { askCommand } from './ask-command.ts'
import { batchCommand } from './batch-command.ts'
import { compareCommand } from './compare-command.ts'
import { completionCommand } from './completion-command.ts'
import { configCommand, templatesCommand } from './config-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { UsageError } from './failure.ts'
import { forgetCommand } from './forget-command.ts'
import { settleLocal } from './local-option.ts'
import { settleContinue } from './continue-option.ts'
import { loginCommand, logoutCommand } from './login-command.ts'
import { modelsCommand } from './models-command.ts'
import { providersCommand } from './providers-command.ts'
import { mapCommand } from './map-command.ts'
import { queueCommand, workerCommand } from './queue-command.ts'
import { sessionsCommand } from './sessions-command.ts'
import { serveCommand } from './serve-command.ts'
import type { Task } from './tasks.ts'
import { version } from '../lib/version-node.ts'
import { webCommand } from './web-command.ts'
import { whoamiCommand } from './whoami-command.ts'

/** What natter does besides asking. */
const COMMANDS = [
  compareCommand,
  mapCommand,
  queueCommand,
  workerCommand,
  batchCommand,
  sessionsCommand,
  templatesCommand,
  configCommand,
  modelsCommand,
  providersCommand,
  serveCommand,
  webCommand,
  loginCommand,
  logoutCommand,
  whoamiCommand,
  doctorCommand,
  forgetCommand,
  completionCommand,
]

/**
 * Reads a command line.
 * @throws CommanderError where help was shown or something is wrong, or UsageError
 */
export function readTask(argv: readonly string[]): Task {
  let task: Task | undefined
  const program = declared((read) => void (task = read))
  // `natter help` alone is a wish for help; `natter help me with …` is a prompt.
  const isHelp = argv.length === 1 && argv[0] === 'help'
  program.parse(isHelp ? ['--help'] : settleContinue(settleLocal(argv)), { from: 'user' })
  if (!task) throw new UsageError('nothing to do')
  return task
}

/** All that natter can be asked, with its words of help. */
export function declared(found: (task: Task) => void): Command {
  const program = new Command('natter')
    .version(version(), '-V, --version', 'print the version')
    .helpCommand(false)
    .enablePositionalOptions()
  askCommand(program, found)
  for (const declare of COMMANDS) declare(program, found).allowExcessArguments(true)
  program.hook('preAction', (_, command) => {
    const { registeredArguments: known } = command
    const most = known.at(-1)?.variadic ? Infinity : known.length
    if (command !== program && command.args.length > most)
      throw taken(nameOf(command).replace(/^natter /, ''), command.args, most)
  })
  for (const command of allOf(program)) {
    const name = nameOf(command)
    command
      .helpOption('-h, --help', 'print this help')
      .exitOverride()
      .configureOutput({ outputError: (text, print) => print(ours(text, name)) })
  }
  return program
}

/** A command, and those below it. */
export const allOf = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(allOf)]

/** As it is typed, with the commands above it. */
export const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()

/** Words behind a command: most likely it was none. */
const taken = (name: string, words: readonly string[], most: number): UsageError =>
  new UsageError(
    `natter ${name} takes ${most === 0 ? 'no words' : 'one word at most'}. To ask that as a prompt, quote it: natter "${[name, ...words].join(' ')}"`,
  )

const ours = (text: string, name: string): string =>
  `${text.replace(/^error: /, 'natter: ').trimEnd()}\nTry ${name} --help.\n`
