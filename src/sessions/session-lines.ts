import { type Message, messagesOf, oneLine } from '../chat/export-jsonl.ts'
import { fromTranscript } from '../chat/load-transcript.ts'
import { type ChatState, FORMAT, VERSION, toTranscript } from '../chat/transcript.ts'
import type { Turn } from '../core/turn.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { isNodeId } from './session-id.ts'

/** Whom a session asks, and how: a saved chat without its turns, and so without keys. */
export type SessionSettings = Omit<ChatState, 'turns'>

/** Who is asked as `chat()` takes it: `provider/model`, or the provider alone where its server says which model it has. */
export const modelName = ({ provider, model }: Pick<SessionSettings, 'provider' | 'model'>): string =>
  model === '' ? provider : `${provider}/${model}`

/** A turn in the tree of a session. Those with the same parent are versions of each other. */
export interface SessionNode {
  readonly id: string
  /** Absent for a first question. */
  readonly parent?: string
  /** When it joined, as ISO 8601. */
  readonly time: string
  readonly turn: Turn
}

/** What one line of a session's file says. */
export type SessionEntry =
  | { readonly type: 'session'; readonly created: string }
  | { readonly type: 'settings'; readonly settings: SessionSettings }
  | { readonly type: 'title'; readonly title: string }
  | { readonly type: 'head'; readonly head: string }
  | { readonly type: 'node'; readonly node: SessionNode }

/**
 * An entry as the lines of a file that is also a session trace of the Hub, which reads the messages and passes over the rest. The
 * last message of a turn carries the whole turn.
 * https://huggingface.co/docs/hub/session-traces-format
 */
export function linesOf(
  entry: SessionEntry,
  { id, model }: { readonly id: string; readonly model: string },
): string {
  switch (entry.type) {
    case 'session':
      return oneLine({ type: 'session', harness: 'natter', id, version: VERSION, created: entry.created })
    case 'settings':
      return oneLine({ type: 'settings', settings: entry.settings })
    case 'title':
      return oneLine({ type: 'title', title: entry.title })
    case 'head':
      return oneLine({ type: 'head', head: entry.head })
    case 'node': {
      const { id: node, parent, time, turn } = entry.node
      const timestamp = Date.parse(time)
      const messages = messagesOf(turn, model).map((message): Message => ({ ...message, timestamp }))
      return messages
        .map((message, n) =>
          oneLine(
            n < messages.length - 1
              ? { type: 'message', message }
              : // In this order: what lists sessions reads no further than the time, and what searches no further than the message.
                { type: 'message', id: node, ...(parent && { parent }), time, message, turn },
          ),
        )
        .join('')
    }
  }
}

/**
 * What a line says; undefined for one that says nothing here, such as a message for the Hub only.
 * @throws Error for a line that is damaged, or was written by a newer natter
 */
export function entryOf(text: string): SessionEntry | undefined {
  const line = parsedJson(text)
  if (!isObject(line)) throw new Error('it is no JSON object')
  switch (line.type) {
    case 'session':
      if (typeof line.version === 'number' && line.version > VERSION)
        throw new NewerSession('This conversation was saved by a newer natter: update natter.')
      return { type: 'session', created: timeOf(line.created) }
    case 'settings':
      return { type: 'settings', settings: settingsOf(line.settings) }
    case 'title':
      return typeof line.title === 'string' ? { type: 'title', title: line.title } : damaged('title')
    case 'head':
      return isNodeId(line.head) ? { type: 'head', head: line.head } : damaged('head')
    case 'message':
      return 'turn' in line ? { type: 'node', node: nodeOf(line) } : undefined
    default:
      // A later version may say more; what it says of turns is in lines that are known.
      return undefined
  }
}

/** The one damage of which nothing can be read around. */
export class NewerSession extends Error {}

function nodeOf({ id, parent, time, turn }: Readonly<Record<string, unknown>>): SessionNode {
  if (!isNodeId(id)) return damaged('id')
  if (parent !== undefined && !isNodeId(parent)) return damaged('parent')
  const { turns } = fromTranscript({ ...AROUND, turns: [turn] })
  return { id, ...(parent !== undefined && { parent }), time: timeOf(time), turn: turns[0] as Turn }
}

/** Settings as they may be written down: without keys, user names and queries. */
export function settingsOf(settings: unknown): SessionSettings {
  if (!isObject(settings)) return damaged('settings')
  const {
    format: _format,
    version: _version,
    turns: _turns,
    ...state
  } = toTranscript(fromTranscript({ ...settings, format: FORMAT, version: VERSION, turns: [] }))
  return state
}

/** What a saved chat has around its turns. */
const AROUND = { format: FORMAT, version: VERSION, provider: '-', model: '-', params: {} }

const timeOf = (time: unknown): string =>
  typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : damaged('time')

function damaged(member: string): never {
  throw new Error(`its ${member} is damaged`)
}
