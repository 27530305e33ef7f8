import { marked, type Tokens } from 'marked'
import { textOf } from '../../core/turn.ts'
import { UsageError } from '../failure.ts'
import { aside } from '../io.ts'
import { redacted } from '../secrets.ts'
import { copyText } from './clipboard.ts'
import { type TerminalConversation, say } from './conversation.ts'

/** `/think`. */
export function think({ thoughts }: TerminalConversation): void {
  say(thoughts.trim() || 'the model has not shown what it thinks')
}

/** `/cost`: tokens and dollars so far; `on` and `off` for a line with each answer. */
export async function cost(conversation: TerminalConversation, argument: string): Promise<void> {
  if (argument === 'on' || argument === 'off') {
    conversation.hasFooter = argument === 'on'
    return say(`what each answer takes is ${argument === 'on' ? 'shown' : 'not shown any more'}`)
  }
  const { chat } = conversation.open
  if (chat.turns.length === 0) return say('nothing said yet')
  const { input, output } = chat.usage
  const tokens =
    input === undefined && output === undefined
      ? 'tokens unknown'
      : `${input ?? '?'} tokens in, ${output ?? '?'} out`
  const price = await chat.cost()
  const money = price.dollars === undefined ? `cost unknown: ${price.reason}` : `$${price.dollars.toFixed(6)}`
  say(`${chat.turns.length} turns, ${tokens}, ${money}`)
}

/** `/explain`: the request as it would go out with a prompt and what is attached. */
export async function explain({ open, attachments }: TerminalConversation, prompt: string): Promise<void> {
  const explanation = await open.chat.explain([...attachments, prompt || '…'])
  say(redacted(JSON.stringify(explanation, clippedData, 2)))
}

/** A picture is not read by a person. */
const clippedData = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > 500 && /^(?:data:|[\w+/]+=*$)/.test(value)
    ? `${value.slice(0, 60)}… (${value.length} characters)`
    : value

/** `/copy`: the last answer, or with `code` its last block of code. */
export async function copy({ open }: TerminalConversation, what: string): Promise<void> {
  const turn = open.chat.lastTurn('assistant')
  if (!turn) throw new UsageError('there is no answer to copy yet')
  const answer = textOf(turn)
  const isCode = what === 'code'
  const text = isCode ? lastCode(answer) : answer
  if (text === undefined) throw new UsageError('the last answer has no block of code')
  const way = await copyText(text, aside)
  say(`${text.length} characters went to the clipboard, by ${way}`)
}

function lastCode(text: string): string | undefined {
  let last: string | undefined
  marked.walkTokens(marked.lexer(text), (token) => {
    if (token.type === 'code') last = (token as Tokens.Code).text
  })
  return last
}

/** `/compare`: asks others the last question, one after the other, and leaves the conversation as it is. */
export async function compare(
  conversation: TerminalConversation,
  argument: string,
  signal: AbortSignal,
): Promise<void> {
  const names = argument.split(/\s+/).filter(Boolean)
  const { open } = conversation
  const round = open.chat.rounds.at(-1)
  if (names.length === 0) throw new UsageError('whom? /compare org/model openai/gpt-4.1')
  if (!round) throw new UsageError('nothing was asked yet: ask first, then compare')
  const before = open.chat.turns.slice(0, open.chat.turns.indexOf(round.input))
  for (const name of names) {
    signal.throwIfAborted()
    say(`── ${name}`)
    const other = await conversation.openModel(name, open.chat.systemPrompt)
    try {
      // It is asked in this one's place, and what it says is forgotten.
      conversation.open = { ...other, chat: open.chat.clone().use(other.chat).setTurns(before) }
      await conversation.ask(round.input.contents, signal)
    } catch (error) {
      if (signal.aborted) throw error
      say(redacted((error as Error).message))
    } finally {
      conversation.open = open
      await other.close()
    }
  }
}
