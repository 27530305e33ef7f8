// The clients by name, in the order they take turns. Apart from the adapters, so that the runner can read it
// without importing a single client.

/**
 * `packages` are what a user installs; `entry` is the least a user imports, for the size of a bundle. Those without
 * one take part only in the cases that name them.
 */
export const clients = {
  'floor-http': {
    label: 'floor: node:http',
    packages: [],
    entry: `export * from './clients/floor-http.mjs'`,
  },
  natter: {
    label: 'natter',
    packages: ['natter'],
    entry: `export { chatOpenAICompatible } from '../dist/index.js'`,
  },
  'floor-fetch': {
    label: 'floor: fetch',
    packages: ['eventsource-parser'],
    entry: `export * from './clients/floor-fetch.mjs'`,
  },
  'hf-inference': {
    label: '@huggingface/inference',
    packages: ['@huggingface/inference'],
    entry: `export { InferenceClient } from '@huggingface/inference'`,
  },
  openai: { label: 'openai', packages: ['openai'], entry: `export { OpenAI } from 'openai'` },
  ai: {
    label: 'ai',
    packages: ['ai', '@ai-sdk/openai-compatible'],
    entry: [
      `export { generateText, streamText } from 'ai'`,
      `export { createOpenAICompatible } from '@ai-sdk/openai-compatible'`,
    ].join('\n'),
  },
  langchain: { label: 'LangChain.js', packages: ['@langchain/openai', '@langchain/core'] },
  'ellmer-way': { label: 'ellmer’s way, 500 a minute', packages: [] },
  'ellmer-way-told': { label: 'ellmer’s way, told the limit', packages: [] },
}

/** Those who take part in a case that names nobody. */
export const everyone = Object.keys(clients).filter((name) => clients[name].entry !== undefined)

/** Ratios are to this client, in the same round, where a case names no other. */
export const floor = 'floor-http'
