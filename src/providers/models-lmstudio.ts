import { ChatError } from '../core/errors.ts'
import type { ListModels, ServedModels } from './api.ts'
import { listBeside, listModels as listNames, rowsAt } from './models-openai.ts'

const OWN_LIST = 'api/v0/models'

/**
 * The models on a machine with LM Studio: by its own API, which tells what they can do, and by the one like OpenAI's where that is
 * missing. https://lmstudio.ai/docs/developer/rest/endpoints
 */
export const listModels: ListModels = (api) =>
  orElse(
    () => listBeside(OWN_LIST)(api),
    () => listNames(api),
  )

/** The models that chat and are loaded; where none is, all that are on the machine: one that is asked for is loaded. */
export const servedModels: ServedModels = async (api) => {
  const rows = await orElse(
    () => rowsAt(api, `${new URL(api.baseUrl).origin}/${OWN_LIST}`),
    () => rowsAt(api, 'models'),
  )
  const chats = rows.filter(({ type, id }) =>
    typeof type === 'string' ? /^[lv]lm$/.test(type) : !id.startsWith('text-embedding-'),
  )
  const loaded = chats.filter(({ state }) => state === 'loaded')
  return (loaded.length > 0 ? loaded : chats).map(({ id }) => id)
}

/** An old server has no API of its own. */
async function orElse<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
  try {
    return await first()
  } catch (error) {
    if (!ChatError.is(error, 'not-found') && !ChatError.is(error, 'bad-reply')) throw error
    return second()
  }
}
