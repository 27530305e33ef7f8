import type { ModelInfo } from '../capabilities/model-info.ts'
import { ChatError } from '../core/errors.ts'
import { isObject } from '../lib/merge.ts'
import type { Api, ListModels } from './api.ts'
import { dateOf } from './models-row.ts'
import { allPages } from './paged.ts'

/** A way to ask for models in several regions, named instead of the model. */
interface Profile {
  readonly id: string
  readonly name: string | undefined
  readonly created: Date | undefined
  /** The ends of the models' ARNs. */
  readonly models: readonly string[]
}

/**
 * The models that write text, by the ids they are asked for: their own where they run on demand, and those of the inference profiles
 * that reach them, which many new ones demand ("on-demand throughput isn't supported").
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
 */
export function readModels(body: unknown, profiles: readonly Profile[] = []): readonly ModelInfo[] {
  const rows =
    isObject(body) && Array.isArray(body.modelSummaries) ? body.modelSummaries.filter(isObject) : []
  return rows.flatMap((row): readonly ModelInfo[] => {
    const { modelId: id, modelName: name, providerName: owner, inferenceTypesSupported: types } = row
    const inputs = wordsOf(row.inputModalities)
    const outputs = wordsOf(row.outputModalities)
    if (typeof id !== 'string' || !outputs?.includes('text')) return []
    const info = {
      ...(typeof name === 'string' && { name }),
      ...(typeof owner === 'string' && { owner }),
      ...(inputs && { inputs }),
      outputs,
      capabilities: inputs ? { image: inputs.includes('image') } : {},
    }
    const isOnDemand = !Array.isArray(types) || types.includes('ON_DEMAND')
    const through = profiles.filter(({ models }) => models.includes(id))
    return [
      ...(isOnDemand ? [{ id, ...info }] : []),
      ...through.map((profile) => ({
        ...info,
        id: profile.id,
        ...(profile.name && { name: profile.name }),
        ...(profile.created && { created: profile.created }),
      })),
    ]
  })
}

/** What a page of `GET /inference-profiles` holds. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html */
export function readProfiles(body: unknown): readonly Profile[] {
  const rows = isObject(body) ? body.inferenceProfileSummaries : undefined
  return (Array.isArray(rows) ? rows.filter(isObject) : []).flatMap((row): readonly Profile[] => {
    const { inferenceProfileId: id, inferenceProfileName: name, models } = row
    if (typeof id !== 'string') return []
    const arns = Array.isArray(models) ? models.filter(isObject).map(({ modelArn }) => String(modelArn)) : []
    return [
      {
        id,
        name: typeof name === 'string' ? name : undefined,
        created: dateOf(row.createdAt),
        models: [...new Set(arns.map((arn) => arn.replace(/^.*\//, '')))],
      },
    ]
  })
}

/** The models of Amazon Bedrock; the control plane is a host beside the one that answers chats. */
export const listModels: ListModels = async (api) => {
  const base = api.baseUrl.replace(/^(https:\/\/)bedrock-runtime(?=[.-])/, '$1bedrock')
  const ask = (path: string): Promise<unknown> =>
    api.json({ path: `${base.replace(/\/+$/, '')}/${path}`, isTrusted: true })
  const [models, profiles] = await Promise.all([ask('foundation-models'), profilesOf(ask)])
  return readModels(models, profiles)
}

/** None where the account may not list them. */
async function profilesOf(ask: (path: string) => ReturnType<Api['json']>): Promise<readonly Profile[]> {
  try {
    return await allPages(async (mark) => {
      const token = mark === undefined ? '' : `&nextToken=${encodeURIComponent(mark)}`
      const body = await ask(`inference-profiles?maxResults=1000${token}`)
      const next = isObject(body) ? body.nextToken : undefined
      return { items: readProfiles(body), next: typeof next === 'string' ? next : undefined }
    })
  } catch (error) {
    if (ChatError.is(error, 'forbidden') || ChatError.is(error, 'not-found')) return []
    throw error
  }
}

const wordsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.map((item) => String(item).toLowerCase()) : undefined
