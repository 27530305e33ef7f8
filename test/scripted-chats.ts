import { Chat, type OpenAICompatibleOptions, chatOpenAICompatible } from 'natter'
import { type FakeModel, type FakeReply, fakeModel } from 'natter/testing'
import { sessionOf } from '../src/chat/conversation.ts'
import { fork } from '../src/chat/session.ts'

type Options = Partial<OpenAICompatibleOptions>

/** A chat with a scripted server. */
export function scripted(
  name: string,
  replies: readonly FakeReply[],
  options: Options = {},
): [Chat, FakeModel] {
  const model = fakeModel(replies)
  const chat = chatOpenAICompatible({
    model: `${name}-1`,
    name,
    baseUrl: `http://${name}.test/v1`,
    apiKey: 'k',
    retries: 0,
    adjust: 'silent',
    fetch: model,
    ...options,
  })
  return [chat, model]
}

/** The chat with others to fall back on; what the option `fallbacks` comes down to. */
export const backed = (
  chat: Chat,
  others: readonly (Chat | string)[],
  resolve: (name: string) => Chat = () => chat,
): Chat =>
  new Chat(
    { ...fork(sessionOf(chat)), fallbacks: { list: others, resolve, made: [], gone: new Map() } },
    'none',
  )

/** What its turns say of how they were asked for. */
export const noticed = ({ turns }: Chat): readonly string[] =>
  turns.flatMap((turn) =>
    turn.role === 'assistant' ? (turn.adjustments ?? []).map(({ message }) => message) : [],
  )
