import { env } from '#platform'
import { isObject } from '../lib/merge.ts'
import { HubFetch, type HubReply } from './hub-fetch.ts'
import { templatesIn } from './hub-template.ts'
import { hubUrl } from './hub.ts'
import type { Line } from './line.ts'

/** A backend that the Hub says a model can be asked at. */
export interface HubProvider {
  readonly provider: string
  /** `live`, `staging` or `error`. */
  readonly status?: string
  /** Such as `conversational`. */
  readonly task?: string
  /** What the backend calls the model. */
  readonly providerId?: string
}

/** What the Hub knows of a model; what it does not say is absent. */
export interface HubModel {
  /** Where the model was renamed, its name now. */
  readonly id: string
  /** How access is granted, or that everybody has it. */
  readonly gated?: false | 'auto' | 'manual'
  /** Whether it is there to be chatted with. */
  readonly isConversational?: boolean
  readonly pipelineTag?: string
  /** The chat template, in Jinja. */
  readonly template?: string
  /** The template for requests with tools, where that is another. */
  readonly toolTemplate?: string
  readonly bosToken?: string
  readonly eosToken?: string
  readonly providers?: readonly HubProvider[]
  /** Why something is missing. `not-found` may also be private, `offline` also an answer that makes no sense. */
  readonly problem?: 'not-found' | 'gated' | 'offline'
}

/** How the Hub is asked. */
export interface HubModelOptions {
  /** Whose `fetch` is used, where it has one. */
  readonly line?: Pick<Line, 'fetch'>
  /** Gives the token; it is sent to huggingface.co over https, and to loopback, only. */
  readonly token?: () => string | undefined | Promise<string | undefined>
  /** The longest all of it may take, in milliseconds. @default 4000 */
  readonly timeout?: number
  readonly signal?: AbortSignal | undefined
}

const TIMEOUT = 4000
const FIELDS = ['config', 'gguf', 'gated', 'pipeline_tag', 'tags', 'inferenceProviderMapping']
/** The longest answers, in characters. The configuration of a tokenizer may list all its tokens. */
const LIMITS = { model: 8e6, template: 1e6, tokenizer: 16e6 } as const

/**
 * What the Hub knows of a model, its chat template included. It is only asked for hints, so what goes wrong is told as `problem`.
 * https://huggingface.co/docs/hub/api#get-apimodelsrepo_id
 * @throws TypeError where HF_ENDPOINT is no URL; the reason of the signal where that is aborted
 */
export async function hubModel(id: string, options: HubModelOptions = {}): Promise<HubModel> {
  const { signal, timeout = TIMEOUT } = options
  signal?.throwIfAborted()
  const endpoint = hubUrl()
  if (!isModelId(id)) return { id, problem: 'not-found' }
  if (isOffline()) return { id, problem: 'offline' }
  const hub = new HubFetch(endpoint, Date.now() + timeout, options)
  const query = FIELDS.map((field) => `expand[]=${field}`).join('&')
  const reply = await hub.get(`api/models/${id}?${query}`, LIMITS.model)
  const body = reply?.status === 200 ? reply.body : undefined
  if (!isObject(body)) return { id, problem: problemOf(reply) }
  const model = modelOf(id, body)
  return model.template === undefined ? { ...model, ...(await templateFiles(hub, model.id)) } : model
}

/** A name, or an owner and a name: anything else would ask for another page. */
const isModelId = (id: string): boolean =>
  /^[\w.-]+(?:\/[\w.-]+)?$/.test(id) && !/(?:^|\/)\.+(?:\/|$)/.test(id)

/** As huggingface_hub reads it. https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables */
const isOffline = (): boolean => /^(?:1|true|yes|on)$/i.test(env('HF_HUB_OFFLINE') ?? '')

function problemOf(reply: HubReply | undefined): 'not-found' | 'gated' | 'offline' {
  if (!reply) return 'offline'
  if (reply.status === 403 || reply.errorCode === 'GatedRepo') return 'gated'
  // Who may not know of a private model is told 401 with the code RepoNotFound, and so is who asks for one that never was.
  return [400, 401, 404, 410].includes(reply.status) ? 'not-found' : 'offline'
}

function modelOf(asked: string, body: Readonly<Record<string, unknown>>): HubModel {
  const { id, gated, pipeline_tag: pipelineTag, tags, inferenceProviderMapping } = body
  const providers = providersIn(inferenceProviderMapping)
  return {
    id: typeof id === 'string' && isModelId(id) ? id : asked,
    ...((gated === false || gated === 'auto' || gated === 'manual') && { gated }),
    ...(typeof pipelineTag === 'string' && { pipelineTag }),
    ...(Array.isArray(tags) && { isConversational: tags.includes('conversational') }),
    ...templatesIn(body),
    ...(providers && { providers }),
  }
}

/** An array in newer answers, a record by provider in older ones. */
function providersIn(mapping: unknown): readonly HubProvider[] | undefined {
  if (typeof mapping !== 'object' || mapping === null) return undefined
  const rows = Array.isArray(mapping)
    ? mapping.map((row: unknown) => ({ provider: isObject(row) ? row.provider : undefined, row }))
    : Object.entries(mapping).map(([provider, row]) => ({ provider, row: row as unknown }))
  return rows.flatMap(({ provider, row }): readonly HubProvider[] => {
    if (!isObject(row) || typeof provider !== 'string') return []
    const { status, task, providerId } = row
    return [
      {
        provider,
        ...(typeof status === 'string' && { status }),
        ...(typeof task === 'string' && { task }),
        ...(typeof providerId === 'string' && { providerId }),
      },
    ]
  })
}

type Files = Pick<HubModel, 'template' | 'toolTemplate' | 'bosToken' | 'eosToken' | 'problem'>

/** The template out of the files of the model: since 2025 it has one of its own. */
async function templateFiles(hub: HubFetch, id: string): Promise<Files> {
  const own = await hub.get(`${id}/resolve/main/chat_template.jinja`, LIMITS.template)
  if (own?.status !== 200 && own?.status !== 404) return { problem: problemOf(own) }
  const tokenizer = await hub.get(`${id}/resolve/main/tokenizer_config.json`, LIMITS.tokenizer)
  const config = isObject(tokenizer?.body) ? { config: { tokenizer_config: tokenizer.body } } : {}
  const found = { ...templatesIn(config), ...(own.status === 200 && { template: own.text }) }
  return found.template === undefined && tokenizer?.status !== 200 && tokenizer?.status !== 404
    ? { ...found, problem: problemOf(tokenizer) }
    : found
}
