import type { JsonSchema } from 'natter'
import { chatWith } from '../../src/chat-with.ts'
import { gemini as dialect } from '../../src/dialects/gemini.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { FakeAnswer } from '../../src/testing/fake-reply.ts'
import type { DialectRow, Heard, Said, Spelled } from './served.ts'

interface Part {
  readonly text?: string
  readonly thought?: boolean
  readonly inlineData?: { readonly mimeType: string }
  readonly fileData?: { readonly fileUri: string }
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args: unknown }
  readonly functionResponse?: {
    readonly id?: string
    readonly name: string
    readonly response: { readonly result?: string; readonly error?: string }
  }
}
interface Body {
  readonly systemInstruction?: { readonly parts: readonly Part[] }
  readonly contents: readonly { readonly role: string; readonly parts: readonly Part[] }[]
  readonly tools?: readonly {
    readonly functionDeclarations?: readonly {
      readonly name: string
      readonly description: string
      readonly parametersJsonSchema: JsonSchema
    }[]
  }[]
  readonly toolConfig?: {
    readonly functionCallingConfig?: {
      readonly mode: 'AUTO' | 'ANY' | 'NONE'
      readonly allowedFunctionNames?: readonly string[]
    }
  }
  readonly generationConfig?: { readonly responseJsonSchema?: JsonSchema }
}

const textOf = (parts: readonly Part[]): string =>
  parts.flatMap(({ text, thought }) => (thought ? [] : (text ?? []))).join('\n\n')

/** Without an id it is the order that tells which result is whose. */
function saidIn({ role, parts }: Body['contents'][number]): Said {
  const calls = parts.flatMap(({ functionCall }) => functionCall ?? [])
  const results = parts.flatMap(({ functionResponse }) => functionResponse ?? [])
  return {
    role: role === 'model' ? 'assistant' : 'user',
    text: textOf(parts),
    calls: calls.map(({ id, name, args }, i) => ({ id: id ?? `${name}#${i}`, name, input: args })),
    results: results.map(({ id, name, response: { result, error } }, i) => ({
      id: id ?? `${name}#${i}`,
      text: result ?? `Error: ${error}`,
    })),
    media: parts.flatMap(({ inlineData, fileData }) => inlineData?.mimeType ?? fileData?.fileUri ?? []),
  }
}

function choiceIn({ toolConfig }: Body): Heard['choice'] {
  const { mode, allowedFunctionNames: [name] = [] } = toolConfig?.functionCallingConfig ?? {}
  if (name !== undefined) return { name }
  return mode && ({ AUTO: 'auto', ANY: 'required', NONE: 'none' } as const)[mode]
}

const FINISH: Readonly<Record<string, string>> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'content-filter': 'SAFETY',
}

const words = (text = ''): readonly string[] => text.match(/\s*\S+\s*|\s+/g) ?? []

function partsOf({ thinking, text, chunks, toolCalls = [] }: FakeAnswer): readonly object[] {
  return [
    ...words(thinking).map((piece) => ({ text: piece, thought: true })),
    ...(chunks ?? words(text)).map((piece) => ({ text: piece })),
    ...toolCalls.map(({ name, arguments: args = {}, id }) => ({
      functionCall: { name, args: typeof args === 'string' ? parsed(args) : args, ...(id && { id }) },
    })),
  ]
}

/** Arguments are JSON here, but what is no object may still be the text that the model wrote. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : text
  } catch {
    return text
  }
}

function endOf({ finish = 'stop', refusal, usage }: FakeAnswer): object {
  const { input, output, cachedInput, reasoning } = usage ?? {}
  return {
    // Nothing is refused in words but by a reason that is none of the known ones.
    finish: refusal
      ? { finishReason: 'OTHER', finishMessage: refusal }
      : { finishReason: FINISH[finish] ?? finish },
    more: usage && {
      usageMetadata: {
        promptTokenCount: input,
        candidatesTokenCount: output === undefined ? undefined : output - (reasoning ?? 0),
        thoughtsTokenCount: reasoning,
        cachedContentTokenCount: cachedInput,
      },
    },
  }
}

/** Answers a request, as the Gemini API does. */
function speak(answer: FakeAnswer, { path }: { readonly path: string }): Spelled {
  const parts = partsOf(answer)
  const { finish, more } = endOf(answer) as { readonly finish: object; readonly more?: object }
  const chunk = (some: readonly object[], candidate: object = {}, rest: object = {}): object => ({
    candidates: [{ index: 0, content: { role: 'model', parts: some }, ...candidate }],
    modelVersion: 'm-001',
    ...rest,
  })
  if (!path.endsWith(':streamGenerateContent?alt=sse'))
    return { contentType: 'application/json', pieces: [JSON.stringify(chunk(parts, finish, more))] }
  const event = (value: object): string => `data: ${JSON.stringify(value)}\r\n\r\n`
  return {
    contentType: 'text/event-stream',
    pieces: parts.map((part) => event(chunk([part]))),
    end: [event(chunk([], finish, more))],
  }
}

const provider: Provider = {
  id: 'served',
  name: 'Served',
  docs: 'https://ai.google.dev/api/generate-content',
  baseUrl: 'http://127.0.0.1',
  dialect,
  auth: { variables: [], places: 'apiKey', isOptional: true, header: (key) => ({ 'x-goog-api-key': key }) },
  quirks: { fetchesMedia: true, paramNames: { logProbs: null } },
}

/** Google's generateContent. */
export const gemini: DialectRow = {
  id: 'gemini',
  path: '/v1/models/m:generateContent',
  // Google has a name for each, but this server does not know it.
  untaken: { logProbs: true },
  chat: (options) => chatWith(provider, options),
  speak,

  hear(raw, path): Heard {
    const body = raw as unknown as Body
    return {
      model: /\/models\/([^:/]+):/.exec(path)?.[1] ?? '',
      system: body.systemInstruction && textOf(body.systemInstruction.parts),
      said: body.contents.map(saidIn),
      tools: (body.tools ?? []).flatMap(({ functionDeclarations = [] }) =>
        functionDeclarations.map(({ name, description, parametersJsonSchema: schema }) => ({
          name,
          description,
          schema,
        })),
      ),
      choice: choiceIn(body),
      schema: body.generationConfig?.responseJsonSchema,
      body: raw,
    }
  },
}
