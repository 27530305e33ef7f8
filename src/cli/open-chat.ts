import { TOKEN_PAGE } from '../providers/huggingface-key.ts'
import { basename } from 'node:path'
import type { Chat } from '../chat/chat.ts'
import type { ChatOptions } from '../chat-with.ts'
import { PROVIDER_NAMES, chat } from '../chats.ts'
import type { HuggingFaceOptions } from '../chats-hosts.ts'
import { findKey } from '../providers/auth.ts'
import { huggingface } from '../providers/huggingface.ts'
import type { AskTask } from './task.ts'
import { UsageError } from './failure.ts'
import { clearProgress, note, showProgress } from './io.ts'
import { reached } from './reached.ts'
import { targetOf } from './target.ts'

/** A chat that is ready, and what it holds until the end. */
export interface OpenChat {
  readonly chat: Chat
  /** The model of this machine, as it was asked for. */
  readonly local?: string
  close(): Promise<void>
}

/**
 * The chat that a command line asks for; a model of this machine is loaded.
 * @throws UsageError for options that make no sense, LocalEngineError for a model that cannot be loaded
 */
export async function openChat(task: AskTask): Promise<OpenChat> {
  const target = targetOf(task, PROVIDER_NAMES, () => findKey(huggingface.auth) !== undefined)
  const options: ChatOptions = {
    systemPrompt: task.system,
    params: task.params,
    timeout: task.timeout,
    echo: 'none',
    ...(task.tools && { tools: task.tools }),
    ...(!task.stream && { stream: false }),
  }
  if (target.type === 'local') {
    if (target.isFallback)
      note(`no key found, so the built-in tiny model answers; set HF_TOKEN to use a real one (${keyPage()})`)
    return openLocal(target.model, options)
  }
  const remote: HuggingFaceOptions = {
    ...options,
    ...(await reached(target.name.split('/')[0] ?? '', task)),
    onWait: tellOnce(),
    ...(task.billTo !== undefined && { billTo: task.billTo }),
  }
  return { chat: checked(() => chat(target.name, remote)), close: () => Promise.resolve() }
}

/** Says that a server is waited for, once for each start. */
function tellOnce(): NonNullable<HuggingFaceOptions['onWait']> {
  let before = Infinity
  return ({ message, waited, limit }) => {
    if (waited <= before)
      note(`${message}; waiting for up to ${Math.ceil(limit / 60_000)} min (Ctrl-C ends it)`)
    before = waited
  }
}

async function openLocal(model: string, options: ChatOptions): Promise<OpenChat> {
  const { chatLocal, localEngine } = await import('../local/index.ts')
  const engine = localEngine({ model, onProgress: progress() })
  try {
    const made = checked(() => chatLocal({ ...options, model, engine }))
    showProgress('loading the model')
    await engine.load()
    return { chat: made, local: model, close: () => engine.close() }
  } finally {
    clearProgress()
  }
}

/** Draws how far a model is; a download that nobody watches is said once. */
export function progress(): (state: {
  phase: 'download' | 'load'
  file: string
  done: number
  total: number
}) => void {
  let isSaid = false
  return ({ phase, file, done, total }) => {
    const share = total > 0 ? ` ${Math.floor((done / total) * 100)} %` : ''
    const size = phase === 'download' ? ` of ${(total / 1e9).toFixed(2)} GB` : ''
    showProgress(`${phase === 'download' ? 'downloading' : 'loading'} ${basename(file)}${share}${size}`)
    if (phase === 'download' && !process.stderr.isTTY && !isSaid) note(`downloading ${basename(file)}${size}`)
    isSaid = true
  }
}

const keyPage = (): string => TOKEN_PAGE

/** What a constructor refuses was asked for on the command line. */
function checked(construct: () => Chat): Chat {
  try {
    return construct()
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}
