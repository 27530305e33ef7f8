import { splitModel } from '../capabilities/model-name.ts'
import type { ChatError } from '../core/errors.ts'
import { TOKEN_PAGE } from './huggingface-key.ts'
import type { Asking } from './provider.ts'

/** What to do about an error of Hugging Face, where there is more to say than in general. */
export function advice({ code, message }: ChatError, { model }: Partial<Asking> = {}): string | undefined {
  switch (code) {
    case 'unauthorized':
      return `Check the token, or make a new one at ${TOKEN_PAGE}`
    case 'forbidden':
      return /gated|access to model|restricted/i.test(message)
        ? `Ask for access on the model's page: ${pageOf(model)}`
        : `The token needs the permission "Make calls to Inference Providers": make one at ${TOKEN_PAGE}`
    case 'credits':
      return 'Buy credits or see what was used at https://huggingface.co/settings/billing, or pass billTo to charge an organisation.'
    case 'model-not-supported':
      return (
        'Choose a model that a provider serves from https://huggingface.co/models?inference_provider=all&other=conversational, ' +
        'or enable more providers at https://huggingface.co/settings/inference-providers'
      )
    default:
      return undefined
  }
}

const pageOf = (model: string | undefined): string =>
  `https://huggingface.co/${model === undefined ? 'models' : splitModel(model).id}`
