import type { Content, Opaque, ToolCall } from './content.ts'
import type { Delta, FinishReason, ToolCallDelta } from './delta.ts'
import type { AssistantTurn } from './turn.ts'

interface OpenCall {
  id?: string
  name: string
  arguments: string
  opaque?: Opaque
}

type OpenContent =
  | { type: 'text' | 'thinking'; text: string; opaque?: Opaque }
  | { type: 'call'; call: OpenCall }
  | Content

/** What is known of an answer besides its deltas. */
export type TurnFacts = Pick<
  AssistantTurn,
  'provider' | 'servedBy' | 'duration' | 'adjustments' | 'requestId'
>

/** Makes an assistant turn of deltas, for every dialect; each delta costs the same, however long the turn has grown. */
export class TurnBuilder {
  readonly #contents: OpenContent[] = []
  readonly #calls = new Map<number, OpenCall>()
  readonly #idOf: (n: number) => string
  #open: { type: 'text' | 'thinking'; text: string; opaque?: Opaque } | undefined
  #model: string | undefined
  #bill: Extract<Delta, { readonly type: 'usage' }> | undefined
  #finish: FinishReason | undefined
  #finishRaw: string | undefined
  #refusal = ''

  /** `idOf` makes an id for the nth call of a server that gives none. */
  constructor(idOf: (n: number) => string = (n) => `call_${n}`) {
    this.#idOf = idOf
  }

  /** Whether nothing has been said yet that would be worth keeping. */
  get isEmpty(): boolean {
    return this.#contents.length === 0 && this.#refusal === ''
  }

  /** Whether the model has called a tool. */
  get hasCalls(): boolean {
    return this.#calls.size > 0
  }

  /** Takes in one delta. */
  push(delta: Delta): void {
    switch (delta.type) {
      case 'text':
        this.#append('text', delta.text, delta.opaque)
        break
      case 'thinking':
        this.#append('thinking', delta.text, delta.opaque)
        break
      case 'refusal':
        this.#refusal += delta.text
        break
      case 'tool-call':
        this.#pushCall(delta)
        break
      case 'usage':
        this.#bill = { ...this.#bill, ...delta } // servers report running totals: the last one counts, never the sum
        break
      case 'model':
        this.#model = delta.model
        break
      case 'citation':
        this.#push(delta.citation)
        break
      case 'media':
        this.#push(delta.media)
        break
      case 'json':
        this.#push({ type: 'json', value: delta.value })
        break
      case 'server-tool':
        this.#push(delta.tool)
        break
      case 'finish':
        this.#finish = delta.reason
        this.#finishRaw = delta.raw
    }
  }

  /** The turn; `finish` overrides the server's reason for one that was cut off. */
  build(facts: TurnFacts, finish?: 'aborted' | 'error'): AssistantTurn {
    // A call cut off in its middle must not be run or sent back: it would fail every later request.
    const cut = finish !== undefined
    const ids = new Set<string>()
    const contents = this.#contents
      .map((content, i) => close(content, ids, () => this.#idOf(i)))
      .filter((content) => !(cut && content.type === 'tool-call' && content.input === undefined))
    const hasCalls = this.#calls.size > 0
    const bill = this.#bill
    let reason = finish ?? this.#finish ?? 'unknown'
    // Several servers say "stop", or nothing, on an answer that calls tools.
    if (hasCalls && (reason === 'stop' || reason === 'unknown')) reason = 'tool-calls'
    return {
      role: 'assistant',
      contents,
      finish: reason,
      ...(this.#finishRaw !== undefined && { finishRaw: this.#finishRaw }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(bill && {
        usage: bill.usage,
        ...(bill.tier && { serviceTier: bill.tier }),
        ...(bill.cost !== undefined && { cost: bill.cost }),
      }),
      ...(this.#refusal && { refusal: this.#refusal }),
      ...facts,
    }
  }

  #append(type: 'text' | 'thinking', text: string, opaque?: Opaque): void {
    const open = this.#open
    if (open?.type === type) {
      open.text += text
      if (opaque) open.opaque = opaque
    } else if (text !== '' || opaque) {
      this.#open = opaque ? { type, text, opaque } : { type, text }
      this.#contents.push(this.#open)
    }
  }

  #push(content: Content): void {
    this.#open = undefined
    this.#contents.push(content)
  }

  #pushCall(delta: ToolCallDelta): void {
    let call = this.#calls.get(delta.index)
    if (!call) {
      call = { name: '', arguments: '' }
      this.#calls.set(delta.index, call)
      this.#open = undefined
      this.#contents.push({ type: 'call', call })
    }
    if (delta.id) call.id = delta.id
    if (delta.name) call.name = delta.name
    if (delta.arguments) call.arguments += delta.arguments
    if (delta.opaque) call.opaque = delta.opaque
  }
}

function close(content: OpenContent, ids: Set<string>, newId: () => string): Content {
  if (content.type !== 'call') return content as Content
  const given = content.call.id
  // Old TGI calls every call "0": two of one answer could not be told apart.
  const id = given === undefined || ids.has(given) ? newId() : given
  ids.add(id)
  return toolCall(content.call, id)
}

/** A tool call from its joined argument text: empty text means no arguments, any other non-object is kept raw. */
function toolCall(call: OpenCall, id: string): ToolCall {
  const base = {
    type: 'tool-call' as const,
    id,
    name: call.name,
    ...(call.opaque && { opaque: call.opaque }),
  }
  const text = call.arguments.trim()
  if (text === '' || text === 'null') return { ...base, input: {} }
  try {
    const input: unknown = JSON.parse(text)
    if (typeof input === 'object' && input !== null && !Array.isArray(input))
      return { ...base, input: input as Record<string, unknown> }
  } catch {
    // told to the model by whoever would have run the tool
  }
  return { ...base, input: undefined, raw: call.arguments }
}
