import { type StandardParam, isStandardParam } from '../core/params.ts'
import type { ChatRequest } from '../core/request.ts'
import { merge } from '../lib/merge.ts'
import type { Dialect, Quirks, Wire } from './dialect.ts'
import { spellContents } from './gemini-contents.ts'
import { geminiFramer } from './gemini-framer.ts'
import { GEMINI } from './gemini-opaque.ts'
import { GeminiReader } from './gemini-reader.ts'
import { googleSchema } from './gemini-schema.ts'
import { spellTools } from './gemini-tools.ts'

/**
 * Google's generateContent, as spoken by the Gemini API and by Vertex AI; the base URL ends before `models/`. Parameters, those that
 * have no standard name too, go into `generationConfig`; what belongs beside it, such as `safetySettings` or `cachedContent`, is `extra`.
 * https://ai.google.dev/api/generate-content
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 */
export const gemini: Dialect = {
  id: GEMINI,
  // The one form that both APIs take most of JSON Schema in: responseJsonSchema, parametersJsonSchema.
  schemaForms: { tools: 'typed', output: 'strict' },
  builtins: ['web-search', 'web-fetch'],
  framer: geminiFramer,
  paramNames: {
    temperature: 'temperature',
    topP: 'topP',
    topK: 'topK',
    frequencyPenalty: 'frequencyPenalty',
    presencePenalty: 'presencePenalty',
    seed: 'seed',
    maxTokens: 'maxOutputTokens',
    logProbs: 'responseLogprobs',
    stopSequences: 'stopSequences',
    reasoningEffort: 'thinkingLevel',
    reasoningTokens: 'thinkingBudget',
  },

  encode(request: ChatRequest, quirks: Quirks): Wire {
    const { model, system, turns, stream, extra } = request
    const config: Record<string, unknown> = {
      ...spellParams(request.params, { ...this.paramNames, ...quirks.paramNames }),
      ...spellSchema(request),
    }
    let body: Record<string, unknown> = {
      contents: spellContents(turns, quirks.fetchesMedia),
      ...(system && { systemInstruction: { parts: [{ text: system }] } }),
      ...spellTools(request, quirks),
    }
    for (const field of quirks.omit ?? []) {
      delete config[field]
      delete body[field]
    }
    if (Object.keys(config).length > 0 && !quirks.omit?.includes('generationConfig'))
      body.generationConfig = config
    if (extra) body = merge(body, extra)
    return { path: `${pathOf(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, body }
  },

  reader: () => new GeminiReader(),
}

/** `models/…` unless the name says what it names, as `tunedModels/…` does. */
function pathOf(model: string): string {
  const path = model.includes('/') ? model : `models/${model}`
  // Whatever a name holds, it must not end the path.
  return encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent)
}

/** The parameters whose names stand in `thinkingConfig`. */
const THINKING: ReadonlySet<StandardParam> = new Set(['reasoningEffort', 'reasoningTokens'])

function spellParams(
  params: ChatRequest['params'],
  names: NonNullable<Quirks['paramNames']>,
): Record<string, unknown> {
  const spelled: Record<string, unknown> = {}
  const thinking: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (!isStandardParam(name)) {
      spelled[name] = value
      continue
    }
    const wireName = names[name]
    if (wireName) (THINKING.has(name) ? thinking : spelled)[wireName] = value
  }
  if (Object.keys(thinking).length === 0) return spelled
  // "Thinking_config.include_thoughts is only enabled when thinking is enabled."
  const isOff = params.reasoningTokens === 0
  return { ...spelled, thinkingConfig: { ...(!isOff && { includeThoughts: true }), ...thinking } }
}

const spellSchema = ({ schema }: ChatRequest): Readonly<Record<string, unknown>> =>
  schema ? { responseMimeType: 'application/json', responseJsonSchema: googleSchema(schema.schema) } : {}
