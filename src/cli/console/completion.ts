import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname } from 'node:path'
import type { AsyncCompleter, CompleterResult } from 'node:readline'
import { callbackify } from 'node:util'
import { PROVIDER_NAMES } from '../../chats.ts'
import { STANDARD_PARAMS } from '../../core/params.ts'
import { SessionStore } from '../../sessions/session-store.ts'
import { COMMANDS, type Completes } from './commands.ts'
import type { TerminalConversation } from './conversation.ts'

/** How long a provider may take to list its models before Tab gives up, in milliseconds; the list is there for the next Tab. */
const PATIENCE = 3000
/** As many words as are offered. */
const MOST = 200

/** Completes commands, and what stands behind them. */
export const completerOf = (conversation: TerminalConversation): AsyncCompleter =>
  callbackify(async (line: string) => {
    try {
      return (await completed(line, conversation)) as CompleterResult
    } catch {
      return [[], line] satisfies CompleterResult
    }
  })

/** The words that may stand where the line ends, and how much of the line they replace. */
export async function completed(
  line: string,
  conversation: TerminalConversation,
): Promise<readonly [readonly string[], string]> {
  const [, name, words] = /^\/(\w*)(?:\s+(.*))?$/s.exec(line) ?? []
  if (name === undefined) return [[], line]
  if (words === undefined && !/\s$/.test(line)) {
    const names = Object.keys(COMMANDS).map((each) => `/${each} `)
    return [names.filter((each) => each.startsWith(line)), line]
  }
  const completes = COMMANDS[name]?.completes
  // A file's name may have spaces, no other word has.
  const last = completes === 'file' ? (words ?? '') : (/\S*$/.exec(words ?? '')?.[0] ?? '')
  const all = completes ? await SOURCES[completes](conversation, last) : []
  return [all.filter((each) => each.startsWith(last)).slice(0, MOST), last]
}

const SOURCES: Readonly<
  Record<
    Completes,
    (conversation: TerminalConversation, word: string) => readonly string[] | Promise<readonly string[]>
  >
> = {
  file: (_conversation, word) => filesOf(word),
  model: async (conversation, word) => [
    ...(await modelsOf(conversation)),
    ...(word.includes('/') ? [] : PROVIDER_NAMES.map((name) => `${name}/`)),
  ],
  tool: ({ open: { chat }, offTools }) => [...chat.tools.map(({ name }) => `${name} `), ...offTools.keys()],
  param: () => STANDARD_PARAMS.map((name) => `${name}=`),
  conversation: async () => (await new SessionStore().list({ limit: 50 })).map(({ id }) => id),
}

/** The models of the provider that is asked, by their ids. */
function modelsOf(conversation: TerminalConversation): Promise<readonly string[]> {
  conversation.models ??= conversation.open.chat.models().then(
    (models) => models.map(({ id }) => id),
    () => [],
  )
  const late = new Promise<readonly string[]>((resolve) => setTimeout(resolve, PATIENCE, []).unref())
  return Promise.race([conversation.models, late])
}

async function filesOf(word: string): Promise<readonly string[]> {
  const folder = word.endsWith('/')
    ? word
    : dirname(word) === '.' && !word.startsWith('./')
      ? ''
      : `${dirname(word).replace(/\/$/, '')}/`
  const home = folder.replace(/^~(?=\/)/, homedir())
  const entries = await readdir(home || '.', { withFileTypes: true }).catch(() => [])
  const isHidden = basename(word).startsWith('.')
  return entries
    .filter(({ name }) => isHidden || !name.startsWith('.'))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
}
