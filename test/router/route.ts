import { modelNotSupported } from './backends-failures.ts'
import type { Backend, Model } from './model.ts'
import { type Refusal, openai, sentence } from './refusals.ts'
import { isJson } from './wire.ts'

/** Where a request goes, or why nowhere. */
export type Route =
  | { readonly model: Model; readonly backend: Backend; readonly refusal?: undefined }
  | { readonly model?: undefined; readonly backend?: undefined; readonly refusal: Refusal }

/**
 * Chooses a backend as the router does: by the suffix of the model's name, else the fastest that is live. Whether it can do what the
 * request needs is not asked (reference/huggingface.md A2).
 */
export function routeOf(name: string, models: readonly Model[], preferred: readonly string[]): Route {
  const [id = '', suffix = 'fastest'] = name.split(':')
  const model = models.find((one) => one.id === id)
  if (!model)
    return {
      refusal: openai(400, `The requested model '${id}' does not exist`, {
        param: 'model',
        code: 'model_not_found',
      }),
    }
  const live = model.backends.filter(({ status = 'live' }) => status === 'live')
  const backend = chosen(suffix, model, live, preferred)
  if (backend) return { model, backend }
  const isPolicy = POLICIES.has(suffix)
  return {
    refusal: isPolicy ? modelNotSupported(name) : sentence(400, `Model not supported by provider ${suffix}`),
  }
}

const POLICIES = new Set(['fastest', 'cheapest', 'preferred'])

function chosen(
  suffix: string,
  { backends }: Model,
  live: readonly Backend[],
  preferred: readonly string[],
): Backend | undefined {
  switch (suffix) {
    case 'fastest':
      return best(live, ({ row }) => -Number(row?.throughput ?? 0))
    case 'cheapest':
      return best(live, ({ row }) => (isJson(row?.pricing) ? Number(row.pricing.output) : Infinity))
    case 'preferred':
      return best(live, ({ provider }) =>
        preferred.includes(provider) ? preferred.indexOf(provider) : Infinity,
      )
    default:
      // Who names a provider gets it, also while its validation fails; one in staging is not open to the public.
      return backends.find(({ provider, status }) => provider === suffix && status !== 'staging')
  }
}

/** The one of the lowest rank; the first of equals. */
const best = (backends: readonly Backend[], rank: (backend: Backend) => number): Backend | undefined =>
  backends.reduce<Backend | undefined>(
    (found, backend) => (found && rank(found) <= rank(backend) ? found : backend),
    undefined,
  )
