import type { Media } from '../core/content.ts'
import type { AskTask } from './task.ts'
import { UsageError } from './failure.ts'
import { readImage } from './image-option.ts'
import { aside, dim, harmless } from './io.ts'
import { type OpenChat, openChat } from './open-chat.ts'

/** A conversation in the terminal. */
export interface Conversation {
  open: OpenChat
  task: AskTask
  /** Pictures that go with the next prompt. */
  images: readonly Media[]
}

interface Command {
  /** What may stand after its name. */
  readonly argument?: string
  readonly help: string
  readonly run: (conversation: Conversation, argument: string) => Promise<void> | void
}

const COMMANDS: Readonly<Record<string, Command>> = {
  help: { help: 'this list', run: help },
  model: { argument: '[name]', help: 'show or change the model; the conversation goes on', run: model },
  system: { argument: '[text]', help: 'show or change what the model is told before all else', run: system },
  image: { argument: '<file>', help: 'a picture for the next prompt', run: image },
  usage: { help: 'tokens and turns so far', run: usage },
  clear: { help: 'forget the conversation', run: clear },
  quit: { help: 'leave; also Ctrl-D', run: () => undefined },
}

const LEAVE = /^(\/quit|\/exit|\/bye|\/q|exit|quit)$/i
const COMMAND = /^\/([a-z?]+)(?:\s+(.*))?$/is

/** Whether a person wants to leave. */
export const isLeave = (text: string): boolean => LEAVE.test(text)

/** Runs `/name argument`; false where the text is no command but a prompt. A path such as `/etc/hosts` is a prompt. */
export async function runCommand(text: string, conversation: Conversation): Promise<boolean> {
  const [, name = '', argument = ''] = COMMAND.exec(text) ?? []
  if (name === '') return false
  const found = COMMANDS[name === '?' ? 'help' : name.toLowerCase()]
  if (!found) throw new UsageError(`there is no command /${name}; /help lists them`)
  await found.run(conversation, argument.trim())
  return true
}

const say = (text: string): void => aside(`${dim(harmless(text))}\n`)

function help(): void {
  for (const [name, { argument = '', help: what }] of Object.entries(COMMANDS))
    say(`/${`${name} ${argument}`.padEnd(16)} ${what}`)
  say('"""               begins and ends a prompt of several lines')
  say('Ctrl-C            stops an answer, and keeps what has come; at the prompt twice: leaves')
}

async function model(conversation: Conversation, name: string): Promise<void> {
  const before = conversation.open
  if (name !== '') {
    const task = { ...conversation.task, model: name, local: undefined, system: before.chat.systemPrompt }
    const open = await openChat(task)
    open.chat.setTurns(before.chat.turns)
    conversation.open = open
    conversation.task = task
    await before.close()
  }
  const { provider, model: id } = conversation.open.chat
  say(id === '' ? provider.id : `${provider.id}/${id}`)
}

function system({ open: { chat } }: Conversation, text: string): void {
  if (text !== '') chat.systemPrompt = text
  say(chat.systemPrompt ?? 'there is no system prompt')
}

async function image(conversation: Conversation, source: string): Promise<void> {
  if (source === '') throw new UsageError('which one? /image file.png')
  conversation.images = [...conversation.images, await readImage(source)]
  say(
    `it goes with the next prompt${conversation.images.length > 1 ? `, as number ${conversation.images.length}` : ''}`,
  )
}

function usage({ open: { chat } }: Conversation): void {
  const { input, output } = chat.usage
  const tokens =
    input === undefined && output === undefined
      ? 'tokens unknown'
      : `${input ?? '?'} tokens in, ${output ?? '?'} out`
  say(chat.turns.length === 0 ? 'nothing said yet' : `${chat.turns.length} turns, ${tokens}`)
}

function clear(conversation: Conversation): void {
  conversation.open.chat.setTurns([])
  conversation.images = []
  say('forgotten')
}
