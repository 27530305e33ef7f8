import { expect, test } from 'vitest'
import { lessonFrom } from '../../test/lesson-from.ts'
import { hasRecordings } from '../../test/recordings/recordings.ts'
import { type RecordedRefusal, probedRefusals, recordedRefusals } from '../../test/recordings/refusals.ts'
import type { Content } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import { isObject } from '../lib/merge.ts'

type Body = Readonly<Record<string, unknown>>

/** A request that asks for what a recorded body asks for, as far as learning looks at it. */
function requestOf(sent: Body): Partial<ChatRequest> {
  const text = JSON.stringify(sent)
  const url = /"(?:url|fileUri)":"(https?:[^"]+)"/.exec(text)?.[1]
  const hasImage = /"type":"(?:input_)?image(?:_url)?"|"image":|"mimeType":"image/.test(text)
  const image: Content = {
    type: 'media',
    kind: 'image',
    mimeType: 'image/png',
    ...(url === undefined ? { data: 'AA==' } : { url }),
  }
  const hasResults = /"role":"tool"|"tool_result"|"toolResult"|"functionResponse"/.test(text)
  const result: Content = { type: 'tool-result', id: 'a', name: 'f', content: '1' }
  const effort =
    sent.reasoning_effort ?? (isObject(sent.output_config) ? sent.output_config.effort : undefined)
  const limit = sent.max_tokens ?? sent.max_completion_tokens
  return {
    ...(/"role":"system"|"system(?:Instruction)?":/.test(text) && { system: 'Be kind.' }),
    turns: [
      { role: 'user', contents: [{ type: 'text', text: 'hi' }] },
      {
        role: 'assistant',
        finish: 'tool-calls',
        contents: [{ type: 'tool-call', id: 'a', name: 'f', input: {} }],
      },
      { role: 'user', contents: [result, ...(hasImage ? [image] : [])] },
    ].slice(0, hasResults || hasImage ? 3 : 1) as ChatRequest['turns'],
    params: {
      ...(typeof effort === 'string' && { reasoningEffort: effort }),
      ...(typeof limit === 'number' && { maxTokens: limit }),
    },
  }
}
const learnedFrom = ({ status, body, sent }: RecordedRefusal): unknown =>
  lessonFrom(status, body, { request: requestOf(sent), sent })?.capabilities

test.runIf(hasRecordings)('x', () => {
  for (const r of [...recordedRefusals(), ...probedRefusals()]) {
    const l = learnedFrom(r)
    console.log(
      r.name,
      r.status,
      l ? JSON.stringify(l) : '-',
      JSON.stringify(r.body).slice(0, 200),
      Object.keys(r.sent).join(),
    )
  }
})
