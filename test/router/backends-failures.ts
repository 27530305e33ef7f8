import type { Behaviour } from './behaviour.ts'
import { html, openai, problem, sentence, tgi, vllm } from './refusals.ts'

/** Backends that fail, whatever they are asked. */
export const FAILURE_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'credits-spent',
    says: 'answers 402: the monthly credits are spent',
    source: 'agents-course#386',
    expects: { all: 'credits' },
    refuses: () =>
      sentence(
        402,
        'You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get 20x more monthly included credits.',
      ),
  },
  {
    name: 'out-of-balance',
    says: 'passes on that its own balance is spent',
    source: 'hub-docs#2392',
    expects: { all: 'credits' },
    refuses: () => ({
      status: 403,
      body: { code: 403, reason: 'NOT_ENOUGH_BALANCE', message: 'not enough balance' },
    }),
  },
  {
    name: 'rate-limited',
    says: 'answers 429 with Retry-After, always',
    source: 'openrouter/1029b0d4bbbc for the shape',
    expects: { all: 'rate-limited' },
    refuses: () => ({
      ...openai(429, 'Rate limit reached for requests', {
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
      }),
      headers: { 'retry-after': '1' },
    }),
  },
  {
    name: 'rate-limited-twice',
    says: 'answers its first two requests 429 with Retry-After: 0, and then works',
    source: 'providers behind the router',
    refuses: (_, n) =>
      n < 2
        ? {
            ...openai(429, 'Too many requests', { type: 'rate_limit_error' }),
            headers: { 'retry-after': '0' },
          }
        : undefined,
  },
  {
    name: 'server-error',
    says: 'answers 500, always',
    source: 'vLLM',
    expects: { all: 'server-error' },
    refuses: () => vllm('Internal server error', 500),
  },
  {
    name: 'server-error-once',
    says: 'answers its first request 502 with a page of its proxy, and then works',
    source: 'proxies before providers (reference/huggingface.md A10)',
    refuses: (_, n) => (n < 1 ? html(502, 'Bad Gateway') : undefined),
  },
  {
    name: 'overloaded',
    says: 'answers 503 "overloaded", always',
    source: 'huggingface/3abef00ca427',
    expects: { all: 'overloaded' },
    refuses: () => sentence(503, 'overloaded'),
  },
  {
    name: 'overloaded-tgi',
    says: 'answers 429 "Model is overloaded", as TGI does, always',
    source: 'TGI router (reference/huggingface.md A10)',
    expects: { all: 'rate-limited' },
    refuses: () => tgi('Model is overloaded', 'overloaded', 429),
  },
  {
    name: 'model-not-supported',
    says: 'answers 400 model_not_supported, always',
    source: 'smolagents#2584, cline#5098',
    expects: { all: 'model-not-supported' },
    refuses: ({ model }) => modelNotSupported(model),
  },
  {
    name: 'model-not-supported-here',
    says: 'answers 400 "Model not supported by provider", always',
    source: 'huggingface.js#2225',
    expects: { all: 'model-not-supported' },
    refuses: () => sentence(400, 'Model not supported by provider together'),
  },
  {
    name: 'problem-document',
    says: 'answers 500 with a problem document, always',
    source: 'RFC 9457 (reference/huggingface.md A10)',
    expects: { all: 'server-error' },
    refuses: () => problem(500, 'The upstream did not answer.'),
  },
  {
    name: 'hangs',
    says: 'never answers',
    source: 'reference/huggingface.md B7',
    expects: { all: 'timeout' },
    framing: { hangs: true },
  },
  {
    name: 'dies-before-the-first-delta',
    says: 'begins to answer, and cuts the connection before it said anything',
    source: 'reference/huggingface.md B7',
    expects: { all: 'connection' },
    framing: { cutAfter: 0 },
  },
  {
    name: 'dies-mid-stream',
    says: 'cuts the connection after one delta, or after half of a whole answer',
    source: 'reference/huggingface.md B7',
    expects: { all: 'cut' },
    framing: { cutAfter: 1 },
  },
  {
    name: 'error-in-a-200',
    says: 'answers 200 with an error inside, before anything else',
    source: 'TGI (reference/huggingface.md A10); groq/9897c78fd6e9',
    expects: { all: 'server-error' },
    framing: { errorInside: { error: 'Request failed during generation', error_type: 'generation' } },
  },
  {
    name: 'error-mid-stream',
    says: 'says one delta, and then an error inside the 200; whole answers are the error',
    source: 'reference/huggingface.md B7',
    expects: { all: 'server-error' },
    framing: { cutAfter: 1, errorInside: { error: { message: 'boom', type: 'internal_error', code: 500 } } },
  },
]

/** The router's word for a model that no enabled provider serves. */
export function modelNotSupported(model: string): ReturnType<typeof openai> {
  return openai(400, `The requested model '${model}' is not supported by any provider you have enabled.`, {
    param: 'model',
    code: 'model_not_supported',
  })
}

/** Backends that answer well in an odd form. */
export const FRAMING_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'no-usage',
    says: 'tells no usage',
    source: 'llama-server without stream_options; HJ fails on it (reference/huggingface.md B6)',
    framing: { usage: 'never' },
  },
  {
    name: 'no-done',
    says: 'ends a stream without [DONE], with the usage in the last chunk',
    source: 'transformers serve 5.18 (engines/transformers-serve/14-stream.txt)',
    framing: { done: false, usage: 'last-chunk', opening: { role: 'assistant' } },
  },
  {
    name: 'reasons-aloud',
    says: 'sends its reasoning beside the answer',
    source: 'vLLM, DeepSeek behind the router (reference/huggingface.md B7)',
    framing: {
      message: { reasoning_content: 'They want an answer.' },
      opening: { role: 'assistant', content: '', reasoning_content: 'They want an answer.' },
    },
  },
]
