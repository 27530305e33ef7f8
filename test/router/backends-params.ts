import type { Behaviour } from './behaviour.ts'
import {
  type Refusal,
  cerebras,
  fastapi,
  fireworks,
  message,
  nscale,
  openai,
  plain,
  problem,
  pydantic,
  sentence,
  tgi,
} from './refusals.ts'
import type { Body } from './wire.ts'

/** Refuses a field whatever its value. */
const refusing = (
  field: string,
  value: unknown,
  shape: (value: unknown) => Refusal,
  source: string,
): Behaviour => ({
  name: `refuses-${field.replaceAll('_', '-')}`,
  says: `takes no ${field}`,
  source,
  bites: { [field]: value },
  refuses: (body) => (body[field] == null ? undefined : shape(body[field])),
})

const stopsOf = ({ stop }: Body): number => (Array.isArray(stop) ? stop.length : 0)
const LEVELS = ['low', 'medium', 'high']

/** Backends that are particular about parameters. Each has another shape of saying so. */
export const PARAMETER_BEHAVIOURS: readonly Behaviour[] = [
  refusing(
    'temperature',
    0.5,
    () =>
      openai(400, "Unsupported parameter: 'temperature' is not supported with this model.", {
        param: 'temperature',
        code: 'unsupported_parameter',
      }),
    'reasoning models in OpenAI’s shape',
  ),
  refusing('top_p', 0.9, () => cerebras('top_p'), 'Cerebras’ shape (HJ cerebras.ts)'),
  refusing(
    'top_k',
    40,
    () => openai(400, "property 'top_k' is unsupported"),
    'groq: top_k is no field of the router’s (reference/huggingface.md A4)',
  ),
  refusing(
    'seed',
    7,
    (value) => fastapi(['seed'], 'extra_forbidden', 'Extra inputs are not permitted', value),
    'FastAPI’s shape (hyperbolic/b08c35a54f07)',
  ),
  refusing(
    'frequency_penalty',
    0.5,
    () => nscale('frequency_penalty'),
    'nscale’s shape; scaleway refuses it',
  ),
  refusing(
    'presence_penalty',
    0.5,
    (value) => pydantic('presence_penalty', value),
    'vLLM’s shape: pydantic’s findings as Python prints them',
  ),
  refusing(
    'max_tokens',
    100,
    () =>
      openai(
        400,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        { param: 'max_tokens', code: 'unsupported_parameter' },
      ),
    'openai/a21838d279f5',
  ),
  refusing(
    'max_completion_tokens',
    100,
    () => message(400, "unknown field: parameter 'max_completion_tokens' is not a valid field"),
    'Cohere’s shape; servers older than the name',
  ),
  refusing(
    'stop',
    ['END'],
    () => problem(400, 'The parameter "stop" is not supported by this model.'),
    'RFC 9457',
  ),
  refusing(
    'logprobs',
    true,
    () => openai(400, '`logprobs` is not supported with this model', { type: 'invalid_request_error' }),
    'groq, https://console.groq.com/docs/openai; mistral/0254a048c6ea',
  ),
  refusing(
    'reasoning_effort',
    'low',
    () => sentence(400, 'reasoning_effort is not supported by this model'),
    'Hugging Face’s own shape',
  ),
  refusing(
    'stream_options',
    { include_usage: true },
    (value) => fireworks('stream_options', value),
    'Fireworks; FlowiseAI/Flowise#2866',
  ),
  {
    name: 'knows-three-reasoning-efforts',
    says: 'takes the reasoning efforts low, medium and high only, and names them',
    source: 'OpenAI’s shape; ml-intern effort_probe.py cascades for it',
    bites: { reasoning_effort: 'xhigh' },
    refuses: ({ reasoning_effort: effort }) =>
      effort === undefined || LEVELS.includes(String(effort))
        ? undefined
        : openai(
            400,
            `Unsupported value: 'reasoning_effort' does not support '${String(effort)}' with this model. Supported values are: 'low', 'medium', and 'high'.`,
            { param: 'reasoning_effort', code: 'unsupported_value' },
          ),
  },
  {
    name: 'refuses-temperature-zero',
    says: 'takes temperatures above 0 only',
    source: 'TGI validation.rs',
    bites: { temperature: 0 },
    refuses: ({ temperature }) =>
      temperature === 0 ? tgi('Input validation error: `temperature` must be strictly positive') : undefined,
  },
  {
    name: 'refuses-five-stops',
    says: 'takes at most four stop sequences',
    source: 'TGI validation.rs; the router documents it (A4)',
    bites: { stop: ['a', 'b', 'c', 'd', 'e'] },
    refuses: (body) =>
      stopsOf(body) > 4
        ? tgi(`Input validation error: \`stop\` supports up to 4 stop sequences. Given: ${stopsOf(body)}`)
        : undefined,
  },
  {
    name: 'limits-max-tokens',
    says: 'takes at most 4096 as max_tokens, and says so',
    source: 'hosts with short outputs',
    bites: { max_tokens: 8192 },
    refuses(body) {
      const field = body.max_tokens === undefined ? 'max_completion_tokens' : 'max_tokens'
      const value = body[field]
      return Number(value) > 4096
        ? openai(400, `${field} must be <= 4096, got ${String(value)}`, { param: field })
        : undefined
    },
  },
  {
    name: 'refuses-unknown-fields',
    says: 'refuses all fields it does not know at once, in one sentence, and ignores many that it does',
    source: 'transformers serve 5.18 (engines/transformers-serve/95-min_p-etc.txt)',
    bites: { top_k: 40, min_p: 0.1 },
    refuses(body) {
      const unknown = Object.keys(body).filter((field) => !KNOWN.has(field))
      return unknown.length > 0
        ? {
            status: 422,
            body: {
              detail: `Unexpected fields in the request: {${unknown.map((field) => `'${field}'`).join(', ')}}`,
            },
          }
        : undefined
    },
  },
  {
    name: 'refuses-in-plain-text',
    says: 'refuses a seed in one line of plain text',
    source: 'TGI’s deserializer (huggingface/1fda41f2834f)',
    bites: { seed: 7 },
    refuses: ({ seed }) =>
      seed === undefined
        ? undefined
        : plain(
            422,
            'Failed to deserialize the JSON body into the target type: unknown field `seed` at line 1 column 98',
          ),
  },
]

/** What `transformers serve` knows, be it to ignore it (cli/serving/chat_completion.py). */
const KNOWN = new Set(
  (
    'model messages stream temperature top_p max_tokens seed stop frequency_penalty logit_bias tools generation_config ' +
    'response_format tool_choice max_completion_tokens n logprobs top_logprobs presence_penalty stream_options ' +
    'reasoning_effort parallel_tool_calls metadata store service_tier user functions modalities audio prediction ' +
    'web_search_options'
  ).split(' '),
)
