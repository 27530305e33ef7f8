import { turnOf } from '../core/turn.ts'
import { Pace } from '../providers/pace.ts'
import type { Chat } from './chat.ts'
import { sessionOf } from './conversation.ts'
import { catalogsForRun } from './parallel-catalog.ts'
import { Forecast } from './parallel-forecast.ts'
import { type Purpose, type Setting, keptItem } from './parallel-item.ts'
import type { ParallelResult } from './parallel-result.ts'
import { PromptSource, type Prompts } from './parallel-source.ts'
import { ResumeKeeper } from './resume-keeper.ts'

/**
 * What a file holds of prompts, in their order, undefined for what it lacks; asks nothing.
 * @throws as opening the file for a run does
 */
export async function* parallelKept<T>(
  chat: Chat,
  prompts: Prompts,
  purpose: Purpose<T>,
  path: string,
): AsyncGenerator<ParallelResult<T> | undefined, void, undefined> {
  const session = sessionOf(chat)
  if (!session.model) await (await import('./served.ts')).nameServed(session, undefined)
  const { signal } = new AbortController()
  const forecast = new Forecast(undefined)
  const setting: Setting<T> = {
    session,
    purpose,
    pace: new Pace(),
    forecast,
    catalogs: catalogsForRun(),
    signal,
    toolChoice: undefined,
  }
  const source = new PromptSource(prompts)
  const keeper = await ResumeKeeper.open(path, session, purpose.schema)
  try {
    for (let next = await source.next(signal); next; next = await source.next(signal)) {
      const { index, prompt } = next
      const input = await Promise.resolve(prompt)
        .then(turnOf)
        .catch(() => undefined)
      const kept = input && (await keeper.find(index, input))
      keeper.forget(index)
      yield kept && (await keptItem(setting, index, prompt, input, kept))?.result
    }
  } finally {
    source.close()
    await keeper.close(false)
  }
}
