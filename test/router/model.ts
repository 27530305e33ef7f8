import type { Behaviour } from './behaviour.ts'
import type { Json } from './wire.ts'

/** One provider that serves a model. */
export interface Backend {
  readonly provider: string
  readonly behaviour: Behaviour
  readonly status?: 'live' | 'staging' | 'error'
  /** The fields of its row in the catalogue besides provider, status and is_model_author; what is absent is absent there. */
  readonly row?: Json
}

/** A model on the Hub and behind the router. */
export interface Model {
  readonly id: string
  readonly backends: readonly Backend[]
  /** Whether the catalogue lists images among its inputs. */
  readonly seesImages?: boolean
  /** Its chat template; none is told where absent. */
  readonly template?: string
  /** Where the Hub API has the template, or `file` for chat_template.jinja alone. */
  readonly templatePlace?: 'tokenizer_config' | 'tokenizer_config list' | 'chat_template_jinja' | 'file'
  /** Whether people ask for access; `locked` is for those who have not got it, in the API too. */
  readonly gated?: false | 'auto' | 'manual'
  readonly locked?: boolean
  /** Names it had: the Hub redirects from them. */
  readonly formerly?: readonly string[]
  /** How the Hub spells which providers serve it. */
  readonly mapping?: 'record' | 'array'
  /** What kind of model it is; text-generation when absent. */
  readonly task?: string
  /** Whether usage tells `estimated_cost`, in dollars. */
  readonly tellsCost?: boolean
}
