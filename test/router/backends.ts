import { FAILURE_BEHAVIOURS, FRAMING_BEHAVIOURS } from './backends-failures.ts'
import { FORMAT_BEHAVIOURS } from './backends-formats.ts'
import { MESSAGE_BEHAVIOURS } from './backends-messages.ts'
import { PARAMETER_BEHAVIOURS } from './backends-params.ts'
import { TOOL_BEHAVIOURS } from './backends-tools.ts'
import { type Behaviour, type Lack, together } from './behaviour.ts'
import type { Backend, Model } from './model.ts'
import { templateFor } from './templates.ts'

/** Does everything as the documentation of the router says. */
export const willing: Behaviour = {
  name: 'willing',
  says: 'does everything as it is documented',
  source: 'hub-docs inference-providers/tasks/chat-completion.md',
}

const named = (all: readonly Behaviour[], name: string): Behaviour =>
  all.find((one) => one.name === name) as Behaviour

/** What is left where neither tools nor forms are to be had: words. */
const COMBINED: readonly Behaviour[] = [
  together(
    'refuses-tools-and-formats',
    'refuses tools, and takes no response_format either',
    'novita, nscale (reference/huggingface.md A4)',
    [named(TOOL_BEHAVIOURS, 'refuses-tools-novita'), named(FORMAT_BEHAVIOURS, 'response-format-refused')],
  ),
  together(
    'ignores-tools-and-formats',
    'ignores tools and response_format alike',
    'transformers serve (reference/local-engines.md)',
    [named(TOOL_BEHAVIOURS, 'ignores-tools'), named(FORMAT_BEHAVIOURS, 'response-format-ignored')],
  ),
]

/** Every way in which a backend is known to misbehave, the willing one first: the rows of the matrix. */
export const BEHAVIOURS: readonly Behaviour[] = [
  willing,
  ...TOOL_BEHAVIOURS,
  ...PARAMETER_BEHAVIOURS,
  ...MESSAGE_BEHAVIOURS,
  ...FORMAT_BEHAVIOURS,
  ...COMBINED,
  ...FRAMING_BEHAVIOURS,
  ...FAILURE_BEHAVIOURS,
]

/** The behaviour of a name. */
export function behaviour(name: string): Behaviour {
  const found = BEHAVIOURS.find((one) => one.name === name)
  if (!found) throw new RangeError(`no behaviour is called ${name}`)
  return found
}

/** How a model is built around a behaviour. */
export interface ModelOptions {
  readonly id?: string
  /** Names of backends in the order of their speed, each with its behaviour; one named `novita` that behaves so by default. */
  readonly backends?: Readonly<Record<string, Behaviour>>
  /**
   * What the catalogue and the Hub tell: the truth about tools, schemas, pictures and the chat template; nothing at all, as of most
   * new models; or that everything works, which the catalogue also says of some that it does not.
   */
  readonly catalogue?: 'known' | 'unknown' | 'wrong'
}

/** A model whose backend behaves so. */
export function modelWith(behaving: Behaviour, options: ModelOptions = {}): Model {
  const { id = `bench/${behaving.name}`, backends = { novita: behaving }, catalogue = 'known' } = options
  const listed = Object.entries(backends)
  const lacks = (lack: Lack): boolean =>
    catalogue !== 'wrong' && listed.every(([, { lacks: all }]) => all?.includes(lack) === true)
  return {
    id,
    backends: listed.map(([provider, behaves], place) => backendOf(provider, behaves, place, catalogue)),
    ...(catalogue !== 'unknown' && { seesImages: !lacks('image') }),
    ...(catalogue !== 'unknown' && {
      template: templateFor([...new Set(listed.flatMap(([, { lacks: all }]) => all ?? []))].filter(lacks)),
    }),
  }
}

/** The first is the fastest and the dearest. */
function backendOf(
  provider: string,
  behaves: Behaviour,
  place: number,
  catalogue: ModelOptions['catalogue'],
): Backend {
  if (catalogue === 'unknown') return { provider, behaviour: behaves }
  const can = (lack: Lack): boolean => catalogue === 'wrong' || behaves.lacks?.includes(lack) !== true
  return {
    provider,
    behaviour: behaves,
    row: {
      context_length: 131_072,
      pricing: { input: 0.5 / (place + 1), output: 1 / (place + 1) },
      supports_tools: can('tools'),
      supports_structured_output: can('structured'),
      first_token_latency_ms: 200 + 100 * place,
      throughput: 200 - 50 * place,
    },
  }
}
