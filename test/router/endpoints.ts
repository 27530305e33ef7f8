import { setTimeout as delay } from 'node:timers/promises'
import { behaviour } from './backends.ts'
import { type Behaviour, together } from './behaviour.ts'
import { type Refusal, plain, sentence } from './refusals.ts'
import { without } from './wire.ts'

/** Kinds of dedicated Endpoints: two that sleep at first, and four servers as they are by default. */
export type EndpointKind = 'cold-text' | 'cold-json' | 'tgi' | 'vllm' | 'llama-server' | 'transformers-serve'

/** How long an Endpoint that is scaled to zero takes to wake. */
export interface Sleep {
  /** How many requests are refused; 2 when absent. */
  readonly requests?: number
  /** Milliseconds from the first request on, instead. */
  readonly ms?: number
}

const named = (...names: readonly string[]): readonly Behaviour[] => names.map((name) => behaviour(name))

const IGNORED_BY_TRANSFORMERS = [
  'response_format',
  'tool_choice',
  'max_completion_tokens',
  'stream_options',
  'logprobs',
]

const KINDS: Readonly<Record<EndpointKind, Behaviour>> = {
  'cold-text': behaviour('willing'),
  'cold-json': behaviour('willing'),
  tgi: together(
    'tgi',
    'is Text Generation Inference',
    'reference/huggingface.md A11',
    named('tools-xor-schema', 'schema-as-tgi', 'refuses-temperature-zero', 'refuses-five-stops'),
  ),
  vllm: together('vllm', 'is vLLM without a parser for tools', 'reference/huggingface.md A11', [
    ...named('refuses-tools-vllm', 'vision-refused-vllm'),
  ]),
  'llama-server': together('llama-server', 'is llama-server', 'recordings/engines/llama-server-trained', [
    ...named('ignores-named-tool-choice', 'schema-wins-over-tools', 'vision-refused-llama-server'),
    {
      name: 'llama-framing',
      says: 'opens a stream with content null, and adds its timings',
      source: 'engines/llama-server-trained/14-stream.txt',
      framing: {
        opening: { role: 'assistant', content: null },
        extra: { timings: { cache_n: 8, prompt_n: 1, predicted_n: 11 } },
      },
    },
  ]),
  'transformers-serve': together(
    'transformers-serve',
    'is transformers serve with a model whose tool calls it cannot parse',
    'recordings/engines/transformers-serve',
    [
      ...named('refuses-unknown-fields', 'tools-as-text', 'no-vision', 'no-done'),
      {
        name: 'transformers-ignores',
        says: 'ignores what it lists as unused',
        source: 'transformers cli/serving/chat_completion.py',
        sees: (body) => without(body, ...IGNORED_BY_TRANSFORMERS),
      },
    ],
  ),
}

/** Dedicated Endpoints and what keeps them asleep. */
export class Endpoints {
  readonly #sleep: Sleep
  readonly #asked = new Map<string, number>()
  readonly #wokenAt = new Map<string, number>()

  constructor(sleep: Sleep = {}) {
    this.#sleep = sleep
  }

  /** Puts them to sleep again. */
  reset(): void {
    this.#asked.clear()
    this.#wokenAt.clear()
  }

  /** The behaviour of a kind; undefined where there is none of that name. */
  behaviourOf(kind: string): Behaviour | undefined {
    return Object.hasOwn(KINDS, kind) ? KINDS[kind as EndpointKind] : undefined
  }

  /**
   * What an Endpoint that sleeps answers; undefined once it is awake. With `patience`, the seconds of X-Scale-Up-Timeout, the proxy
   * holds the request as long as that.
   */
  async asleep(kind: string, patience: number): Promise<Refusal | undefined> {
    if (!kind.startsWith('cold-')) return undefined
    const { requests = 2, ms } = this.#sleep
    const n = this.#asked.get(kind) ?? 0
    this.#asked.set(kind, n + 1)
    if (!this.#wokenAt.has(kind)) this.#wokenAt.set(kind, Date.now() + (ms ?? 0))
    const left = (this.#wokenAt.get(kind) ?? 0) - Date.now()
    if (ms !== undefined && left <= 0) return undefined
    if (ms === undefined && n >= requests) return undefined
    if (ms !== undefined && left <= patience * 1000) {
      await delay(left)
      return undefined
    }
    return kind === 'cold-text'
      ? plain(503, 'Service Temporarily Unavailable')
      : {
          ...sentence(503, ''),
          body: { error: 'Model bench/endpoint is currently loading', estimated_time: (ms ?? 20_000) / 1000 },
        }
  }
}
