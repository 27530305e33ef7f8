import { describe, expect, test } from 'vitest'
import { lessonFrom } from '../../test/lesson-from.ts'
import type { Params } from '../core/params.ts'
import { anthropicMessages } from '../dialects/anthropic-messages.ts'
import { bedrockConverse } from '../dialects/bedrock-converse.ts'
import { openaiResponses } from '../dialects/openai-responses.ts'

const said = (message: string, more: object = {}): object => ({ error: { message, ...more } })
const from = (message: string, params: Params): unknown =>
  lessonFrom(400, said(message), { request: { params } })?.capabilities

describe('the smallest temperature', () => {
  test.each([
    '`temperature` must be strictly positive',
    'Input validation error: `temperature` must be strictly positive',
    'temperature must be greater than 0',
    'temperature: must be > 0',
  ])('is learned from %s', (message) => {
    expect(from(message, { temperature: 0 })).toEqual({ minTemperature: 0.01 })
    expect(from(message, { temperature: 0.5 })).toBeUndefined()
  })

  test('is not learned from one that is too high', () => {
    expect(from('temperature: range: 0..1', { temperature: 2 })).toBeUndefined()
    expect(
      from('Validation: Temperature must be between 0 and 2, got 100', { temperature: 100 }),
    ).toBeUndefined()
  })

  test('is not that of a model that takes none', () => {
    const message =
      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported."
    expect(from(message, { temperature: 0 })).toEqual({ paramNames: { temperature: null } })
  })
})

describe('the most stop sequences', () => {
  test.each([
    "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
    'Input validation error: `stop` supports up to 4 stop sequences. Given: 5',
    'stop: at most 4 items are allowed',
  ])('are learned from %s', (message) => {
    expect(from(message, { stopSequences: ['a', 'b', 'c', 'd', 'e'] })).toEqual({ maxStops: 4 })
    expect(from(message, { stopSequences: ['a'] })).toBeUndefined()
  })
})

describe('the highest token limit', () => {
  test.each([
    ['max_tokens is too large: 100000. This model supports at most 8192 completion tokens', 8192],
    ['max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for claude-3-5', 8192],
    [
      '`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model',
      8192,
    ],
    ['Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', 8192],
    ['Range of max_tokens should be [1, 8192]', 8192],
    ['max_tokens must be <= 4096, got 100000', 4096],
    [
      'The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value that is lower than 8192.',
      8192,
    ],
  ])('is learned from %s', (message, most) => {
    expect(from(message, { maxTokens: 100_000 })).toEqual({ maxTokensLimit: most })
    expect(from(message, { maxTokens: 100 })).toBeUndefined()
    expect(from(message, {})).toBeUndefined()
  })

  test('is learned of dialects that nest it', () => {
    const message = 'The maximum tokens you requested exceeds the model limit of 8192.'
    const request = { params: { maxTokens: 100_000 } }
    expect(lessonFrom(400, { message }, { request, dialect: bedrockConverse })?.capabilities).toEqual({
      maxTokensLimit: 8192,
    })
  })

  test.each([
    '`inputs` tokens + `max_new_tokens` must be <= 1512. Given: 2 `inputs` tokens and 10000 `max_new_tokens`',
    "'max_tokens' or 'max_completion_tokens' is too large: 100000. This model's maximum context length is 8192 tokens and your request has 36 input tokens (100000 > 8192 - 36).",
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).",
    'request (5018 tokens) exceeds the available context size (1024 tokens), try increasing it',
    'The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).',
    'prompt is too long: 3333404 tokens > 200000 maximum',
    'Requests with max_tokens > 4096 must have stream=true',
    'max_tokens must be at least 1',
  ])('is not learned where the prompt counts too, or for another reason: %s', (message) => {
    expect(from(message, { maxTokens: 100_000 })).toBeUndefined()
  })
})

describe('the words for the reasoning effort', () => {
  test.each([
    [
      "Invalid value: 'xhigh'. Supported values are: 'low', 'medium', and 'high'.",
      ['none', 'minimal', 'xhigh', 'max'],
    ],
    [
      "Unsupported value: 'xhigh' is not supported with the 'm' model. Supported values are: 'none', 'low', 'medium', and 'high'.",
      ['minimal', 'xhigh', 'max'],
    ],
  ])('are learned from the list in %s', (message, effortsRefused) => {
    const body = said(message, { param: 'reasoning_effort', code: 'unsupported_value' })
    const request = { params: { reasoningEffort: 'xhigh' } }
    expect(lessonFrom(400, body, { request })?.capabilities).toEqual({ effortsRefused })
  })

  test('are learned of Anthropic, which nests them', () => {
    const message =
      "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium."
    const request = { params: { reasoningEffort: 'xhigh' } }
    expect(lessonFrom(400, said(message), { request, dialect: anthropicMessages })?.capabilities).toEqual({
      effortsRefused: ['none', 'minimal', 'xhigh'],
    })
  })

  test('are learned one by one where none are listed', () => {
    expect(from("reasoning_effort 'max' is not valid", { reasoningEffort: 'max' })).toEqual({
      effortsRefused: ['max'],
    })
  })

  test('are none for a model that only knows whether to think: thinking is not turned off', () => {
    const message = '`reasoning_effort` must be one of `none` or `default`'
    expect(from(message, { reasoningEffort: 'high' })).toEqual({ paramNames: { reasoningEffort: null } })
    expect(from(message, { reasoningEffort: 'none' })).not.toEqual({ paramNames: { reasoningEffort: null } })
  })

  test('are none for a model without, wherever the field is', () => {
    const params = { reasoningEffort: 'low' }
    const nested = "Unsupported parameter: 'reasoning.effort' is not supported with this model."
    const lesson = { paramNames: { reasoningEffort: null } }
    expect(
      lessonFrom(400, said(nested), { request: { params }, dialect: openaiResponses })?.capabilities,
    ).toEqual(lesson)
    expect(
      from("Unsupported parameter: 'reasoning_effort' is not supported with this model.", params),
    ).toEqual(lesson)
  })
})
