import type { Delta, FinishReason } from '../core/delta.ts'
import { isObject } from '../lib/merge.ts'
import { type Reader, WireError } from './dialect.ts'
import { GeminiCalls } from './gemini-calls.ts'
import { WHOLE } from './gemini-framer.ts'
import { markOf } from './gemini-opaque.ts'
import { readMedia, readServerTool } from './gemini-parts.ts'
import { GeminiRecording } from './gemini-recording.ts'
import { readSources } from './gemini-sources.ts'
import { readGeminiUsage } from './gemini-usage.ts'
import { jsonValues } from './json-values.ts'
import { usageDelta } from './reported-cost.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** https://ai.google.dev/api/generate-content#FinishReason */
const FINISH: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
}

/** Reads an answer of Google's generateContent, streamed or whole. Only the fields named here are read; all others are ignored. */
export class GeminiReader implements Reader {
  readonly #calls = new GeminiCalls()
  readonly #recording = new GeminiRecording()
  readonly #citations: Delta[] = []
  #model = ''
  #candidate: number | undefined
  #isComplete = false
  #refusal = ''

  get isComplete(): boolean {
    return this.#isComplete
  }

  /** Never: usage, sources and even an error may follow the finish. */
  get isOver(): boolean {
    return false
  }

  read(payload: string, out: Delta[], event?: string): void {
    if (payload === '') return
    for (const value of jsonValues(payload)) {
      // Without alt=sse a stream is one array.
      for (const chunk of Array.isArray(value) ? value : [value])
        if (isObject(chunk)) this.#chunk(chunk, event === WHOLE, out)
    }
  }

  end(out: Delta[]): void {
    // A call that its stream never ended is whole only where the answer is.
    if (this.#isComplete) this.#calls.close(out)
    this.#recording.end(out)
    for (const citation of this.#citations) out.push(citation)
    if (this.#refusal) out.push({ type: 'refusal', text: this.#refusal })
  }

  #chunk(chunk: JsonObject, isWhole: boolean, out: Delta[]): void {
    const { modelVersion, candidates, promptFeedback, usageMetadata, error } = chunk
    if (typeof modelVersion === 'string' && modelVersion !== '' && modelVersion !== this.#model) {
      this.#model = modelVersion
      out.push({ type: 'model', model: modelVersion })
    }
    if (Array.isArray(candidates)) {
      for (const [i, candidate] of candidates.entries())
        if (isObject(candidate)) this.#readCandidate(candidate, i, out)
    }
    if (isObject(promptFeedback)) this.#readFeedback(promptFeedback, out)
    const usage = readGeminiUsage(usageMetadata)
    if (usage) out.push(usageDelta(usage, usageMetadata, tierOf(usageMetadata)))
    if (error) throw new WireError(chunk)
    if (isWhole && (Array.isArray(candidates) || isObject(promptFeedback))) this.#isComplete = true
  }

  #readCandidate(candidate: JsonObject, place: number, out: Delta[]): void {
    const index = typeof candidate.index === 'number' ? candidate.index : place
    this.#candidate ??= index
    if (index !== this.#candidate) return
    const { content, finishReason: raw, finishMessage } = candidate
    if (isObject(content) && Array.isArray(content.parts)) {
      for (const part of content.parts) if (isObject(part)) this.#readPart(part, out)
    }
    for (const citation of readSources(candidate)) this.#citations.push({ type: 'citation', citation })
    if (typeof raw !== 'string' || raw === '' || raw === 'FINISH_REASON_UNSPECIFIED') return
    const reason = this.#reasonOf(raw)
    out.push({ type: 'finish', reason, raw })
    this.#isComplete = true
    this.#refusal = refusalOf(reason, raw, finishMessage)
  }

  #reasonOf(raw: string): FinishReason {
    // The call of a tool that was not declared is told to the model like any other mistake, so that it can mend it.
    if (raw === 'UNEXPECTED_TOOL_CALL' && this.#calls.count > 0) return 'tool-calls'
    return FINISH[raw] ?? raw
  }

  #readPart(part: JsonObject, out: Delta[]): void {
    const { text, thought, functionCall, inlineData, fileData } = part
    const opaque = markOf(part)
    if (thought === true) {
      // A thought may hold a picture, too: a draft, which the answer shows again when it is done.
      if (typeof text === 'string' && (text !== '' || opaque))
        out.push({ type: 'thinking', text, ...(opaque && { opaque }) })
    } else if (typeof text === 'string') {
      if (text !== '' || opaque) out.push({ type: 'text', text, ...(opaque && { opaque }) })
    } else if (isObject(functionCall)) this.#calls.push(functionCall, part.thoughtSignature, out)
    else if (isObject(inlineData)) {
      if (!this.#recording.push(inlineData)) readMedia(inlineData, { data: inlineData.data }, part, out)
    } else if (isObject(fileData)) readMedia(fileData, { fileId: fileData.fileUri }, part, out)
    else readServerTool(part, out)
  }

  #readFeedback({ blockReason, blockReasonMessage: message }: JsonObject, out: Delta[]): void {
    const raw = typeof blockReason === 'string' ? blockReason : ''
    if (!message && (raw === '' || raw === 'BLOCK_REASON_UNSPECIFIED')) return
    out.push({ type: 'finish', reason: 'content-filter', ...(raw && { raw }) })
    this.#isComplete = true
    this.#refusal = typeof message === 'string' && message ? message : `The prompt was blocked: ${raw}.`
  }
}

/** Gemini's API has its own word for the tier, Vertex tells whose quota was used. */
const tierOf = (usage: unknown): unknown =>
  isObject(usage) ? (usage.serviceTier ?? usage.trafficType) : undefined

/** What is said of an answer that did not end well: by Google, or where it says nothing, that a filter stopped it. */
function refusalOf(reason: FinishReason, raw: string, message: unknown): string {
  if (reason === 'stop' || reason === 'length' || reason === 'tool-calls') return ''
  if (typeof message === 'string' && message !== '') return message
  return reason === 'content-filter' ? `The answer was stopped: ${raw}.` : ''
}
