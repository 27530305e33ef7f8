import type { Account } from './account.ts'
import type { Model } from './model.ts'
import { type Refusal, sentence } from './refusals.ts'
import type { Json } from './wire.ts'

/** The Hub's API, as far as a client reads of models there. https://huggingface.co/docs/hub/api */
export class Hub {
  readonly #models: readonly Model[]
  readonly #account: Account

  constructor(models: readonly Model[], account: Account) {
    this.#models = models
    this.#account = account
  }

  /** `GET /api/models/{id}`, with `expand[]` or `expand`. */
  info(id: string, query: URLSearchParams, authorization: string | undefined): Refusal {
    const model = this.#find(id)
    if (!model) return this.#missing(authorization)
    if (model.id !== id) return movedTo(`/api/models/${model.id}${queryOf(query)}`)
    if (model.locked) {
      const barred = this.#gate(model, authorization)
      if (barred) return barred
    }
    const all = infoOf(model)
    const keys = [...query.getAll('expand[]'), ...query.getAll('expand')]
    const shown =
      keys.length > 0 ? keys : Object.keys(all).filter((key) => key !== 'inferenceProviderMapping')
    const fields = Object.fromEntries(
      shown.filter((key) => all[key] !== undefined).map((key) => [key, all[key]]),
    )
    return { status: 200, body: { _id: '6698d8a0653e4babe21e1e7d', id: model.id, ...fields } }
  }

  /** `GET /{id}/resolve/main/{file}`. */
  file(id: string, name: string, authorization: string | undefined): Refusal {
    const model = this.#find(id)
    if (!model) return this.#missing(authorization)
    if (model.id !== id) return movedTo(`/${model.id}/resolve/main/${name}`)
    const barred = model.gated ? this.#gate(model, authorization) : undefined
    if (barred) return barred
    const { template, templatePlace } = model
    if (name === 'chat_template.jinja' && template !== undefined && templatePlace === 'file')
      return { status: 200, body: template, headers: { 'content-type': 'text/plain; charset=utf-8' } }
    return {
      status: 404,
      body: 'Entry not found',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-error-code': 'EntryNotFound' },
    }
  }

  #find(id: string): Model | undefined {
    return this.#models.find((model) => model.id === id || model.formerly?.includes(id))
  }

  /** Who asks for what is not there learns that only with a token: without, it may be private. */
  #missing(authorization: string | undefined): Refusal {
    return this.#account.rightsOf(authorization)
      ? sentence(404, 'Repository not found', { 'x-error-code': 'RepoNotFound' })
      : sentence(401, 'Invalid username or password.', { 'x-error-code': 'RepoNotFound' })
  }

  #gate({ id }: Model, authorization: string | undefined): Refusal | undefined {
    if (!this.#account.rightsOf(authorization))
      return sentence(
        401,
        `Access to model ${id} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
        { 'x-error-code': 'GatedRepo' },
      )
    if (this.#account.options.access.includes(id)) return undefined
    return sentence(
      403,
      `Access to model ${id} is restricted and you are not in the authorized list. Visit https://huggingface.co/${id} to ask for access.`,
      { 'x-error-code': 'GatedRepo' },
    )
  }
}

const queryOf = (query: URLSearchParams): string => (query.size > 0 ? `?${query}` : '')

const movedTo = (location: string): Refusal => ({
  status: 307,
  body: `Temporary Redirect. Redirecting to ${location}`,
  headers: { location, 'content-type': 'text/plain; charset=utf-8' },
})

function infoOf(model: Model): Json {
  const {
    id,
    gated = false,
    seesImages,
    task = seesImages ? 'image-text-to-text' : 'text-generation',
  } = model
  const isChat = task === 'text-generation' || task === 'image-text-to-text'
  return {
    author: id.split('/')[0],
    config: configOf(model),
    disabled: false,
    gated,
    inference: model.backends.length > 0 ? 'warm' : undefined,
    inferenceProviderMapping: mappingOf(model),
    library_name: 'transformers',
    modelId: id,
    pipeline_tag: task,
    private: false,
    tags: ['transformers', 'safetensors', ...(isChat ? ['conversational'] : []), 'region:us'],
  }
}

function configOf({ template, templatePlace = 'tokenizer_config' }: Model): Json {
  const config = { architectures: ['LlamaForCausalLM'], model_type: 'llama' }
  if (template === undefined || templatePlace === 'file') return config
  if (templatePlace === 'chat_template_jinja') return { ...config, chat_template_jinja: template }
  const named = [
    { name: 'default', template },
    { name: 'tool_use', template },
  ]
  return {
    ...config,
    tokenizer_config: {
      bos_token: '<s>',
      chat_template: templatePlace === 'tokenizer_config list' ? named : template,
      eos_token: '</s>',
    },
  }
}

function mappingOf({ id, backends, mapping = 'record' }: Model): unknown {
  const entries = backends.map(
    ({ provider, status = 'live' }) =>
      [
        provider,
        { status, providerId: id.toLowerCase(), task: 'conversational', isModelAuthor: false },
      ] as const,
  )
  return mapping === 'array'
    ? entries.map(([provider, entry]) => ({ provider, ...entry }))
    : Object.fromEntries(entries)
}
