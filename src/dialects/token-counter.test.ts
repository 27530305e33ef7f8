import { expect, test } from 'vitest'
import type { ChatRequest } from '../core/request.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { gemini } from './gemini.ts'
import { openaiChat } from './openai-chat.ts'
import {
  anthropicCounter,
  completionsCounter,
  converseCounter,
  geminiCounter,
  vertexCounter,
} from './token-counter.ts'

const request = (model: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model,
  turns: [{ role: 'user', contents: [{ type: 'text', text: 'Hello' }] }],
  params: {},
  stream: true,
  ...more,
})

test('Google’s APIs are asked at the model’s own path, the Gemini API about a whole request', () => {
  const wire = gemini.encode(request('gemini-3.5-flash', { system: 'Be terse.', params: { seed: 1 } }), {})
  const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]
  const rest = { systemInstruction: { parts: [{ text: 'Be terse.' }] }, generationConfig: { seed: 1 } }
  expect(geminiCounter.ask(wire)).toEqual({
    path: 'models/gemini-3.5-flash:countTokens',
    body: { generateContentRequest: { model: 'models/gemini-3.5-flash', contents, ...rest } },
  })
  expect(vertexCounter.ask(wire)?.body).toEqual({ contents, ...rest })
})

test('Bedrock counts Claude by its own id, whatever profile it is asked through, and no other maker’s model', () => {
  const pathFor = (model: string): string | undefined =>
    converseCounter.ask(bedrockConverse.encode(request(model), {}))?.path
  const path = 'model/anthropic.claude-sonnet-4-v1%3A0/count-tokens'
  for (const prefix of ['', 'us.', 'global.', 'arn:aws:bedrock:us-east-1:123:inference-profile/us.'])
    expect(pathFor(`${prefix}anthropic.claude-sonnet-4-v1:0`)).toBe(path)
  expect(pathFor('amazon.nova-pro-v1:0')).toBeUndefined()
  expect(pathFor('arn:aws:bedrock:us-east-1:123:application-inference-profile/abc')).toBeUndefined()
})

test('Anthropic’s betas go along, llama-server takes the request as it is', () => {
  const file = { type: 'media', kind: 'pdf', mimeType: 'application/pdf', fileId: 'file_1' } as const
  const turns = [{ role: 'user', contents: [file] } as const]
  expect(anthropicCounter.ask(anthropicMessages.encode(request('claude', { turns }), {}))).toMatchObject({
    path: 'messages/count_tokens',
    headers: { 'anthropic-beta': 'files-api-2025-04-14' },
  })
  const wire = openaiChat.encode(request('m'), {})
  expect(completionsCounter.ask(wire)).toEqual({ path: 'chat/completions/input_tokens', body: wire.body })
  expect(completionsCounter.read({ input_tokens: 23, object: 'response.input_tokens' })).toBe(23)
})

test.each([[{}], [null], ['12'], [{ input_tokens: '12' }], [{ input_tokens: -1 }], [{ totalTokens: 3 }]])(
  '%j is no count',
  (body) => {
    expect(anthropicCounter.read(body)).toBeUndefined()
  },
)
