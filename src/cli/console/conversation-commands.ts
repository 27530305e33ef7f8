import { readFile, writeFile as write } from 'node:fs/promises'
import { Chat } from '../../chat/chat.ts'
import { exportChat } from '../../chat/export.ts'
import type { Transcript } from '../../chat/transcript.ts'
import { textOf } from '../../core/turn.ts'
import { SessionStore } from '../../sessions/session-store.ts'
import { UsageError } from '../failure.ts'
import { type TerminalConversation, say, setChat } from './conversation.ts'

const FORMATS = { md: 'md', markdown: 'md', html: 'html', jsonl: 'jsonl' } as const
/** How many earlier conversations are listed. */
const LISTED = 10

/** `/save`: to a file, by its ending, or under a title. */
export async function save({ open, keeper }: TerminalConversation, name: string): Promise<void> {
  if (name === '') throw new UsageError('under which name? /save talk.json, talk.md, talk.html, or a title')
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  if (ending === 'json' || ending in FORMATS) {
    const text =
      ending === 'json'
        ? `${JSON.stringify(open.chat, undefined, 2)}\n`
        : exportChat(open.chat, FORMATS[ending as keyof typeof FORMATS])
    await writeFile(name, text)
    return say(`saved as ${name}`)
  }
  if (!keeper) throw new UsageError('this conversation is not kept, so it has no title; save it to a file')
  await keeper.save(open)
  await keeper.rename(name)
  say(`kept as ${name}`)
}

async function writeFile(path: string, text: string): Promise<void> {
  try {
    await write(path, text, { mode: 0o600 })
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

/** `/load`: the turns and the system prompt of a saved chat; whom to ask stays, for a file must not decide where a key goes. */
export async function load(conversation: TerminalConversation, path: string): Promise<void> {
  if (path === '') throw new UsageError('which one? /load talk.json')
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}`, { cause: error })
  })
  try {
    await takeUp(conversation, JSON.parse(text) as Transcript)
  } catch (error) {
    throw new UsageError(`${path} is no saved chat: ${(error as Error).message}`, { cause: error })
  }
}

async function takeUp(conversation: TerminalConversation, saved: Transcript): Promise<void> {
  const { chat } = conversation.open
  const { model, params } = chat.toJSON()
  const { tools: _tools, apiArgs: _args, ...rest } = saved
  const loaded = await Chat.fromJSON({ ...rest, model, params }, chat)
  loaded.model = chat.model
  setChat(conversation, loaded)
  const { rounds } = loaded
  say(
    `${rounds.length} ${rounds.length === 1 ? 'question' : 'questions'}, the last: ${firstLine(rounds.at(-1)?.input)}`,
  )
}

/** `/resume`: a list of what is kept, or the one of an id or with these words. */
export async function resume(conversation: TerminalConversation, wanted: string): Promise<void> {
  const store = new SessionStore()
  const all = await store.list()
  if (wanted === '') {
    if (all.length === 0) return say('no conversation is kept yet')
    for (const { id, title, updated } of all.slice(0, LISTED))
      say(`${id}  ${updated.slice(0, 16).replace('T', ' ')}  ${title}`)
    return say('/resume and an id, or words of it, goes on with one')
  }
  const found = all.filter(({ id }) => wanted.length >= 4 && id.startsWith(wanted))
  const [first] = found.length > 0 ? found : await store.list({ search: wanted, limit: 1 })
  if (!first) throw new UsageError(`no kept conversation has the id or the words ${wanted}`)
  await conversation.keeper?.save(conversation.open)
  const session = await store.load(first.id)
  await takeUp(conversation, session.transcript())
  await conversation.keeper?.goOn(session, conversation.open.chat.turns)
}

/** `/branch`: the questions with their numbers, or back to before one of them. */
export async function branch(conversation: TerminalConversation, argument: string): Promise<void> {
  const { chat } = conversation.open
  const { rounds } = chat
  if (argument === '') {
    if (rounds.length === 0) return say('nothing was asked yet')
    return rounds.forEach(({ input }, at) => say(`${at + 1}. ${firstLine(input)}`))
  }
  const round = rounds[Number(argument) - 1]
  if (!round)
    throw new UsageError(
      `there ${rounds.length === 1 ? 'is 1 question' : `are ${rounds.length} questions`}: ${argument} is none of them`,
    )
  // What is left behind stays in what is kept, as another branch.
  await conversation.keeper?.save(conversation.open)
  chat.setTurns(chat.turns.slice(0, chat.turns.indexOf(round.input)))
  say(`back before question ${argument}: ${firstLine(round.input)}`)
}

/** `/retry`: where nothing comes, the answer there was stays. */
export async function retry(
  conversation: TerminalConversation,
  _argument: string,
  signal: AbortSignal,
): Promise<void> {
  const { chat } = conversation.open
  const { turns } = chat
  const round = chat.rounds.at(-1)
  if (!round) throw new UsageError('nothing was asked yet')
  await conversation.keeper?.save(conversation.open)
  const before = turns.slice(0, turns.lastIndexOf(round.input))
  chat.setTurns(before)
  try {
    await conversation.ask(round.input.contents, signal)
  } finally {
    if (chat.turns.length === before.length) chat.setTurns(turns)
  }
}

/** `/clear`. */
export function clear(conversation: TerminalConversation): void {
  conversation.open.chat.setTurns([])
  conversation.attachments = []
  conversation.thoughts = ''
  say('forgotten')
}

const firstLine = (turn: Parameters<typeof textOf>[0] | undefined): string => {
  const line = turn ? (textOf(turn).trim().split('\n')[0] ?? '') : 'none'
  return line.length > 70 ? `${line.slice(0, 69)}…` : line
}
