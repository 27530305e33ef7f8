import { Chat } from '../../chat/chat.ts'
import { document, pdf } from '../../chat/contents.ts'
import { UsageError } from '../failure.ts'
import { readImage } from '../image-option.ts'
import { namedValue, paramsOf } from '../param-option.ts'
import { type TerminalConversation, say, setChat } from './conversation.ts'

/** `/model`: the turns, the system prompt and the tools stay. */
export async function model(conversation: TerminalConversation, name: string): Promise<void> {
  const before = conversation.open
  if (name !== '') {
    const open = await conversation.openModel(name, before.chat.systemPrompt)
    const chat = before.chat.clone().use(open.chat)
    conversation.open = { ...open, chat }
    conversation.models = undefined
    await before.close()
  }
  const { provider, model: id } = conversation.open.chat
  say(`${provider.id}/${id}`)
}

/** `/system`. */
export function system({ open: { chat } }: TerminalConversation, text: string): void {
  if (text !== '') chat.systemPrompt = text === 'none' ? undefined : text
  say(chat.systemPrompt ?? 'there is no system prompt')
}

/** `/params`: `name=value` sets one, `name=` takes it away. */
export async function params(conversation: TerminalConversation, text: string): Promise<void> {
  const { chat } = conversation.open
  const saved = chat.toJSON()
  if (text !== '') {
    const named = text.split(/\s+(?=[\w.-]+=)/).map(readParam)
    const kept = Object.entries({
      ...saved.params,
      ...Object.fromEntries(named.map(({ name, value }) => [name, value])),
    })
    const values = paramsOf(kept.flatMap(([name, value]) => (value === '' ? [] : [{ name, value }])))
    setChat(conversation, await Chat.fromJSON({ ...saved, params: values }, chat))
  }
  const all = Object.entries(conversation.open.chat.toJSON().params)
  if (all.length === 0) say('no parameters are set')
  for (const [name, value] of all) say(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
}

function readParam(text: string): ReturnType<typeof namedValue> {
  try {
    return namedValue(text)
  } catch (error) {
    throw new UsageError(`/params ${text}: ${(error as Error).message}`, { cause: error })
  }
}

/** `/tools`: a list, or one of them switched on or off. */
export function tools({ open: { chat }, offTools }: TerminalConversation, argument: string): void {
  if (argument !== '') {
    const [, name = '', state = ''] = /^(\S+)\s+(on|off)$/.exec(argument) ?? []
    const tool = chat.tools.find((each) => each.name === name)
    const off = offTools.get(name)
    if (!tool && !off)
      throw new UsageError(
        `/tools name on or /tools name off: ${argument} is neither, or there is no such tool`,
      )
    if (state === 'off' && tool) {
      chat.removeTool(name)
      offTools.set(name, tool)
    }
    if (state === 'on' && off) {
      chat.registerTool(off)
      offTools.delete(name)
    }
  }
  const all = [
    ...chat.tools.map((tool) => ({ ...tool, state: tool.needsApproval ? 'asks' : 'on' })),
    ...chat.builtins.map(({ name }) => ({ name, state: 'on', description: `run by ${chat.provider.name}` })),
    ...[...offTools.values()].map((tool) => ({ ...tool, state: 'off' })),
  ]
  if (all.length === 0) say('there are no tools')
  for (const { name, state, description } of all)
    say(`${state.padEnd(4)} ${name}: ${description.split('\n')[0] ?? ''}`)
}

/** `/image`. */
export async function image(conversation: TerminalConversation, source: string): Promise<void> {
  if (source === '') throw new UsageError('which one? /image file.png')
  attach(conversation, await readImage(source))
}

/** `/file`: a PDF by its name's ending, else text. */
export async function file(conversation: TerminalConversation, source: string): Promise<void> {
  if (source === '') throw new UsageError('which one? /file notes.md')
  try {
    attach(conversation, await (/\.pdf$/i.test(source) ? pdf(source) : document(source)))
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    throw new UsageError(`/file: ${error.message}`, { cause: error })
  }
}

function attach(
  conversation: TerminalConversation,
  media: TerminalConversation['attachments'][number],
): void {
  conversation.attachments = [...conversation.attachments, media]
  const { length } = conversation.attachments
  say(`it goes with the next prompt${length > 1 ? `, as number ${length}` : ''}`)
}
