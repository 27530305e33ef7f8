import { ChatError } from '../core/errors.ts'
import type { ListModels } from './api.ts'
import { listBeside, listModels as listNames } from './models-openai.ts'

/**
 * The models on a machine with LM Studio: by its own API, which tells what they can do, and by the one like OpenAI's where that is
 * missing. https://lmstudio.ai/docs/developer/rest/endpoints
 */
export const listModels: ListModels = async (api) => {
  try {
    return await listBeside('api/v0/models')(api)
  } catch (error) {
    if (!ChatError.is(error, 'not-found') && !ChatError.is(error, 'bad-reply')) throw error
    return listNames(api)
  }
}
