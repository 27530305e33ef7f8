import type { Behaviour } from './behaviour.ts'
import { isImage, urlOf } from './picture.ts'
import { fastapi, llama, openai, plain, tgi, vllm } from './refusals.ts'
import { type Body, type Json, type Message, isJson, partsOf } from './wire.ts'

const isSystem = ({ role }: Message): boolean => role === 'system' || role === 'developer'
const PROMPT = { role: 'system', content: 'The code word is heron.' }
const ASK = { role: 'user', content: 'What is the code word?' }
const ADDRESS = { type: 'image_url', image_url: { url: 'https://example.com/square.png' } }
const SQUARE = {
  type: 'image_url',
  image_url: {
    url: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  },
}
const look = (image: object): Json => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is in this picture?' }, image] }],
})

const imagesOf = ({ messages }: Body): readonly object[] =>
  messages.flatMap((message) => partsOf(message).filter(isImage))

const withoutImages = (body: Body): Body => ({
  ...body,
  messages: body.messages.map((message) =>
    Array.isArray(message.content)
      ? { ...message, content: message.content.filter((part) => !isJson(part) || !isImage(part)) }
      : message,
  ),
})

/** What a strict chat template says against an order of roles, in the words of Mistral's and Gemma's. */
function disorder(messages: readonly Message[]): string | undefined {
  const ALTERNATE = 'Conversation roles must alternate user/assistant/user/assistant/...'
  for (const [i, { role }] of messages.entries()) {
    if (role === 'tool') return 'Only user and assistant roles are supported!'
    if (role !== (i % 2 === 0 ? 'user' : 'assistant')) return ALTERNATE
  }
  return undefined
}

/** Backends that are particular about messages: roles, their order, forms of content, pictures. */
export const MESSAGE_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'no-system-vllm',
    says: 'refuses a system message with 400 "System role not supported"',
    source: 'google/gemma-2-2b-it on vLLM; chat-ui#1386',
    bites: { messages: [PROMPT, ASK] },
    lacks: ['system'],
    refuses: ({ messages }) => (messages.some(isSystem) ? vllm('System role not supported') : undefined),
  },
  {
    name: 'no-system-tgi',
    says: 'refuses a system message with 422 template_error',
    source: 'google/gemma-2-2b-it on TGI (huggingface/9dcada231084 for the shape)',
    bites: { messages: [PROMPT, ASK] },
    lacks: ['system'],
    refuses: ({ messages }) =>
      messages.some(isSystem)
        ? tgi('Template error: syntax error: System role not supported (in <string>:1)', 'template_error')
        : undefined,
  },
  {
    name: 'drops-system',
    says: 'never shows the system message to the model, and says nothing of it',
    source: 'Mistral-7B-Instruct-v0.3’s chat template (reference/huggingface.md A8)',
    bites: { messages: [PROMPT, ASK] },
    lacks: ['system-silently'],
    expects: { system: 'where neither template nor lesson tells, only a probe can' },
    sees: (body) => ({ ...body, messages: body.messages.filter((message) => !isSystem(message)) }),
  },
  {
    name: 'roles-must-alternate',
    says: 'wants user and assistant in turn, beginning with user, and no other role',
    source: 'Mistral-7B-Instruct-v0.1’s chat template on vLLM (reference/huggingface.md A8)',
    bites: { messages: [ASK, ASK] },
    lacks: ['system', 'any-order'],
    refuses({ messages }) {
      const complaint = disorder(messages)
      return complaint ? vllm(complaint) : undefined
    },
  },
  {
    name: 'content-array-refused',
    says: 'takes content as a string only',
    source: 'TGI’s deserializer (the shape of huggingface/fd5728219981)',
    bites: { messages: [{ role: 'user', content: [{ type: 'text', text: 'ping' }] }] },
    lacks: ['image'],
    expects: { image: 'bad-request' },
    refuses({ messages }) {
      const at = messages.findIndex(({ content }) => Array.isArray(content))
      return at < 0
        ? undefined
        : plain(
            422,
            `Failed to deserialize the JSON body into the target type: messages[${at}].content: invalid type: sequence, expected a string at line 1 column 57`,
          )
    },
  },
  {
    name: 'content-string-refused',
    says: 'takes content of users and of the system as a list of parts only',
    source: 'servers whose template wants typed content (reference/huggingface.md A8)',
    bites: { messages: [{ role: 'user', content: 'ping' }] },
    refuses({ messages }) {
      const at = messages.findIndex(
        ({ role, content }) => (role === 'user' || isSystem({ role })) && typeof content === 'string',
      )
      return at < 0
        ? undefined
        : fastapi(
            ['messages', at, 'content'],
            'list_type',
            'Input should be a valid list',
            messages[at]?.content,
          )
    },
  },
  {
    name: 'no-vision',
    says: 'drops pictures in silence',
    source: 'transformers serve 5.18 (engines/transformers-serve/81-image-data-url.txt)',
    bites: look(SQUARE),
    lacks: ['image'],
    expects: { image: 'bad-request' },
    sees: withoutImages,
  },
  {
    name: 'vision-refused-llama-server',
    says: 'refuses pictures with 500 and a hint of mmproj',
    source: 'llama-server (engines/llama-server-trained/81-image-data-url.txt)',
    bites: look(SQUARE),
    lacks: ['image'],
    expects: { image: 'bad-request' },
    refuses: (body) =>
      imagesOf(body).length > 0
        ? llama(
            500,
            'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
          )
        : undefined,
  },
  {
    name: 'vision-refused-vllm',
    says: 'refuses pictures with 400 "is not a multimodal model"',
    source: 'vLLM',
    bites: look(SQUARE),
    lacks: ['image'],
    expects: { image: 'bad-request' },
    refuses: (body) =>
      imagesOf(body).length > 0 ? vllm(`${body.model} is not a multimodal model`) : undefined,
  },
  {
    name: 'cannot-fetch-image-url',
    says: 'takes pictures as data URLs only',
    source: 'openai/18d31836784e; Ollama (reference/huggingface.md A11)',
    bites: look(ADDRESS),
    refuses(body) {
      const url = imagesOf(body)
        .map((part) => urlOf(part as { readonly image_url?: unknown }))
        .find((address) => /^https?:/.test(address))
      return url === undefined
        ? undefined
        : openai(400, `Error while downloading ${url}.`, { code: 'invalid_image_url' })
    },
  },
]
