import { UsageError } from '../failure.ts'
import { branch, clear, load, resume, retry, save } from './conversation-commands.ts'
import { type TerminalConversation, say } from './conversation.ts'
import { file, image, model, params, system, tools } from './setting-commands.ts'
import { compare, copy, cost, explain, think } from './showing-commands.ts'

/** What the words behind a command may be completed with. */
export type Completes = 'file' | 'model' | 'tool' | 'param' | 'conversation'

/** What a command does. */
export type RunCommand = (
  conversation: TerminalConversation,
  argument: string,
  signal: AbortSignal,
) => Promise<void> | void

interface Command {
  /** What may stand after its name. */
  readonly argument?: string
  readonly help: string
  readonly completes?: Completes
  readonly run: RunCommand
}

/** All that may stand behind a `/`. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  help: { help: 'this list', run: help },
  model: {
    argument: '[name]',
    help: 'show or change the model; the conversation goes on',
    completes: 'model',
    run: model,
  },
  system: { argument: '[text]', help: 'show or change what the model is told before all else', run: system },
  params: {
    argument: '[name=value]',
    help: 'show or change parameters; name= takes one away',
    completes: 'param',
    run: params,
  },
  tools: { argument: '[name on|off]', help: 'list the tools, switch one', completes: 'tool', run: tools },
  image: { argument: '<file>', help: 'a picture for the next prompt', completes: 'file', run: image },
  file: { argument: '<file>', help: 'a PDF or text for the next prompt', completes: 'file', run: file },
  save: {
    argument: '<file|title>',
    help: 'write it to a .json, .md, .html or .jsonl file, or give it a title',
    completes: 'file',
    run: save,
  },
  load: { argument: '<file>', help: 'go on with what was saved as .json', completes: 'file', run: load },
  resume: {
    argument: '[id|words]',
    help: 'list earlier conversations, or go on with one',
    completes: 'conversation',
    run: resume,
  },
  branch: { argument: '[number]', help: 'list the questions, or go back before one', run: branch },
  retry: { help: 'ask the last question again', run: retry },
  copy: { argument: '[code]', help: 'the last answer, or its last code, to the clipboard', run: copy },
  cost: { argument: '[on|off]', help: 'what it took so far, or show it with each answer', run: cost },
  explain: { argument: '[prompt]', help: 'the request that would be sent', run: explain },
  compare: {
    argument: '<model> <model> …',
    help: 'ask others the last question too',
    completes: 'model',
    run: compare,
  },
  think: { help: 'what the model thought last, whole; also Ctrl-O', run: think },
  clear: { help: 'forget the conversation', run: clear },
  quit: { help: 'leave; also Ctrl-D', run: () => undefined },
}

const OTHER_NAMES: Readonly<Record<string, string>> = { '?': 'help', usage: 'cost' }
const LEAVE = /^(\/quit|\/exit|\/bye|\/q|exit|quit)$/i
const COMMAND = /^\/([a-z?]+)(?:\s+(.*))?$/is

/** Whether a person wants to leave. */
export const isLeave = (text: string): boolean => LEAVE.test(text)

/** Runs `/name argument`; false where the text is no command but a prompt. A path such as `/etc/hosts` is a prompt. */
export async function runCommand(
  text: string,
  conversation: TerminalConversation,
  signal: AbortSignal,
): Promise<boolean> {
  const [, name = '', argument = ''] = COMMAND.exec(text) ?? []
  if (name === '') return false
  const lower = name.toLowerCase()
  const found = COMMANDS[OTHER_NAMES[lower] ?? lower]
  if (!found) throw new UsageError(`there is no command /${name}; /help lists them`)
  await found.run(conversation, argument.trim(), signal)
  return true
}

function help(): void {
  for (const [name, { argument = '', help: what }] of Object.entries(COMMANDS))
    say(`/${`${name} ${argument}`.padEnd(24)} ${what}`)
  say('"""                       begins and ends a prompt of several lines')
  say('Tab                       completes commands, models and files')
  say('Ctrl-C                    stops an answer, and keeps what has come; at the prompt twice: leaves')
}
