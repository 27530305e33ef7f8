import type { Model } from './model.ts'
import type { Json } from './wire.ts'

/** A model's entry in `GET /v1/models`, as recorded in huggingface/c0099d2f1a36: what is not known of a provider is not there. */
export function entryOf({ id, backends, seesImages }: Model): Json {
  const owner = id.split('/')[0] ?? id
  return {
    id,
    object: 'model',
    created: 1_766_389_552,
    owned_by: owner,
    ...(seesImages !== undefined && {
      architecture: {
        input_modalities: seesImages ? ['text', 'image'] : ['text'],
        output_modalities: ['text'],
      },
    }),
    providers: backends.map(({ provider, status = 'live', row }) => ({
      provider,
      status,
      ...row,
      is_model_author: provider === owner,
    })),
  }
}

/** The whole catalogue. Models that no provider serves are not in it. */
export const catalogueOf = (models: readonly Model[]): Json => ({
  object: 'list',
  data: models.filter(({ backends }) => backends.length > 0).map(entryOf),
})
