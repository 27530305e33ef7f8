import { type LiveBrowser, servePage } from '../web/live-browser.ts'
import { UsageError } from './failure.ts'
import { note } from './io.ts'
import type { WebTask } from './task.ts'
import { listeningFailure, untilEnded } from './until-ended.ts'
import { version } from '../lib/version-node.ts'
import { WebSource } from './web-source.ts'

/** Serves the page until Ctrl-C, and gives the exit code. */
export async function web(task: WebTask): Promise<number> {
  const ended = untilEnded()
  const source = await WebSource.start(task.ask)
  try {
    const page = await serve(source, task)
    note(`chat with ${source.settings.model} at ${page.url} (Ctrl-C ends it)`)
    await ended
    await page.close()
    return 0
  } finally {
    await source.close()
  }
}

async function serve(
  source: WebSource,
  { host, port, token, password, open, history }: WebTask,
): Promise<LiveBrowser> {
  try {
    return await servePage(
      source,
      { version: version() },
      { host, port, token, password, open, ...(!history && { history: false }) },
    )
  } catch (error) {
    // What is wrong with them was said on the command line.
    if (error instanceof TypeError) throw new UsageError(inFlags(error.message), { cause: error })
    throw listeningFailure(error, port, host)
  }
}

const inFlags = (message: string): string =>
  message
    .replace(/^(token|password)\b/, '--$1')
    .replace(/\b(pass) a token or a password\b/, '$1 --token or --password')
