import { describe, expect, test } from 'vitest'
import { lessonFrom } from '../../test/lesson-from.ts'
import { hasRecordings } from '../../test/recordings/recordings.ts'
import { type RecordedRefusal, probedRefusals, recordedRefusals } from '../../test/recordings/refusals.ts'
import type { Content } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import { isObject } from '../lib/merge.ts'
import type { Capabilities } from './capabilities.ts'

/** What is to be learned; from every other refusal nothing. */
const LESSONS: Readonly<Record<string, Capabilities>> = {
  'anthropic/58a0cc8e077a#0': { effortsRefused: ['none', 'minimal', 'xhigh'] },
  'deepseek/2e2e5bb67153#0': { images: false },
  'deepseek/534949a942e6#0': { toolChoice: 'auto' },
  'deepseek/534949a942e6#1': { toolChoice: 'auto' },
  // The URL may be at fault as well: then the download says so.
  'google-vertex/826ee8e4a89d#2': { imageUrls: 'inline' },
  'google-vertex/f2f406d8f498#3': { imageUrls: 'inline' },
  'openai/18d31836784e#2': { imageUrls: 'inline' },
  // The model did not do what the server demanded of it: it is asked in words as well.
  'groq/d947928fec5a#0': { toolChoice: 'auto' },
  'llamacpp/e42f25ea4f37#0': { toolsRefused: ['native'] },
  'llamacpp/f992c4bcf1d3#0': { images: false },
  'mistral/0254a048c6ea#0': { paramNames: { logProbs: null } },
  'mistral/11a9eb2d825b#0': { paramNames: { logProbs: null } },
  'mistral/b9fd277d86ee#0': { paramNames: { logProbs: null } },
  'llama-server-random/41-rf-bad-type': { schemaRefused: ['json-schema'] },
  'llama-server-random/53-tools-bad-choice': { toolChoice: 'auto' },
  'llama-server-random/75-image-data-url': { images: false },
  'llama-server-random/76-image-http-url': { images: false },
  'llama-server-trained/46-rf-bad-type': { schemaRefused: ['json-schema'] },
  'llama-server-trained/59-tools-bad-choice': { toolChoice: 'auto' },
  'llama-server-trained/81-image-data-url': { images: false },
  'llama-server-trained/82-image-http-url': { images: false },
  'transformers-serve/136-extra-cache_prompt-false': { omit: ['cache_prompt'] },
  'transformers-serve/137-extra-id_slot': { omit: ['id_slot'] },
  'transformers-serve/145-extra-reasoning_format': { omit: ['reasoning_format'] },
  'transformers-serve/17-stream-return-progress': { omit: ['timings_per_token', 'return_progress'] },
  'transformers-serve/40-unknown-param': { omit: ['foo_bar'] },
  'transformers-serve/50-grammar': { omit: ['grammar'] },
  'transformers-serve/51-grammar-bad': { omit: ['grammar'] },
  'transformers-serve/52-grammar+schema': { omit: ['grammar'] },
  'transformers-serve/64-tools+grammar': { omit: ['grammar'] },
  'transformers-serve/92-utf8-split': { omit: ['grammar'] },
  'transformers-serve/95-min_p-etc': {
    paramNames: { topK: null },
    omit: ['min_p', 'samplers', 'repeat_penalty', 'mirostat', 'typical_p'],
  },
}

test.runIf(!hasRecordings)('recorded refusals are skipped: there is no ../shared/recordings', () => {
  expect(hasRecordings).toBe(false)
})

describe.runIf(hasRecordings)('from a recorded refusal', () => {
  const refusals = hasRecordings ? [...recordedRefusals(), ...probedRefusals()] : []

  test('there are some, and all that teach something', () => {
    expect(refusals.length).toBeGreaterThan(100)
    const names = new Set(refusals.map(({ name }) => name))
    expect(Object.keys(LESSONS).filter((name) => !names.has(name))).toEqual([])
  })

  test.each(refusals.map((refusal) => [refusal.name, refusal] as const))(
    '%s is learned what it says, and no more',
    (name, { status, body, sent }) => {
      const lesson = lessonFrom(status, body, { request: requestOf(sent), sent })
      expect(lesson?.capabilities).toEqual(LESSONS[name])
    },
  )
})

/** A request for what a recorded body asks for, as far as it matters to what is learned. */
function requestOf(sent: RecordedRefusal['sent']): Partial<ChatRequest> {
  const text = JSON.stringify(sent)
  const url = /"(?:url|file_?uri)":"(https?:[^"]+)"/i.exec(text)?.[1]
  const image: Content = {
    type: 'media',
    kind: 'image',
    mimeType: 'image/png',
    ...(url === undefined ? { data: 'AA==' } : { url }),
  }
  const hasImage = /"type":"(?:input_)?image(?:_url)?"|"image":|"mime_?type":"image/i.test(text)
  const {
    max_tokens: limit,
    output_config: output,
    tools,
    tool_choice: choice,
    response_format: format,
  } = sent
  const isDemand = isObject(choice) || (typeof choice === 'string' && !/auto|none/.test(choice))
  const effort = isObject(output) ? output.effort : undefined
  return {
    turns: [{ role: 'user', contents: [{ type: 'text', text: 'hi' }, ...(hasImage ? [image] : [])] }],
    ...(/"role":"system"|"system(?:Instruction)?":/.test(text) && { system: 'Be kind.' }),
    ...(Boolean(tools ?? sent.toolConfig) && { tools: [{ name: 'f', description: '', inputSchema: {} }] }),
    ...(isDemand && { toolChoice: 'required' }),
    ...(format !== undefined && { schema: { name: 'answer', schema: { type: 'object' } } }),
    params: {
      ...(typeof effort === 'string' && { reasoningEffort: effort }),
      ...(typeof limit === 'number' && { maxTokens: limit }),
      ...('temperature' in sent && { temperature: Number(sent.temperature) }),
    },
  }
}
