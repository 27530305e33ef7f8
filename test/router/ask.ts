import { type Json, isJson } from './wire.ts'

/** A reply as it came. */
export interface Raw {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined where it is no JSON. */
  readonly json: Json | undefined
}

/** An answer, read off a whole body or off a stream. */
export interface Read {
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly input: unknown }[]
  readonly finish: unknown
  readonly usage: unknown
  /** The data of the stream's events; empty for a whole answer. */
  readonly events: readonly string[]
}

/** Asks by plain fetch, with the bench's token unless another is given; null sends none. */
export async function fetched(url: string, body?: unknown, token: string | null = 'hf_bench'): Promise<Raw> {
  const reply = await fetch(url, {
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  return { status: reply.status, headers: reply.headers, text, json: parsed(text) }
}

/** Asks for an answer at a base URL; a body without messages asks "ping". */
export const asked = (baseUrl: string, body: Json, token?: string | null): Promise<Raw> =>
  fetched(`${baseUrl}/chat/completions`, { messages: [{ role: 'user', content: 'ping' }], ...body }, token)

/** Asks for an answer, and reads it. */
export async function answered(baseUrl: string, body: Json): Promise<Read> {
  const { status, text, json } = await asked(baseUrl, body)
  if (status !== 200) throw new Error(`${status} ${text}`)
  return body.stream === true ? readStream(text) : readWhole(json ?? {})
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : Array.isArray(value) ? { list: value } : undefined
  } catch {
    return undefined
  }
}

interface WireMessage {
  readonly content?: string | null
  readonly tool_calls?: readonly {
    readonly index?: number
    readonly function: { readonly name?: string; readonly arguments?: string }
  }[]
}

interface WireChoice {
  readonly message?: WireMessage
  readonly delta?: WireMessage
  readonly finish_reason?: unknown
}

function readWhole(json: Json): Read {
  const [choice] = json.choices as readonly WireChoice[]
  const { content, tool_calls: calls = [] } = choice?.message ?? {}
  return {
    text: content ?? '',
    calls: calls.map(({ function: { name = '', arguments: input = '' } }) => ({
      name,
      input: JSON.parse(input) as unknown,
    })),
    finish: choice?.finish_reason,
    usage: json.usage,
    events: [],
  }
}

function readStream(text: string): Read {
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data)
  const calls: { name: string; input: string }[] = []
  let said = ''
  let finish: unknown
  let usage: unknown
  for (const event of events.filter((data) => data !== '[DONE]')) {
    const chunk = JSON.parse(event) as Json
    usage ??= chunk.usage
    const [choice] = chunk.choices as readonly WireChoice[]
    said += choice?.delta?.content ?? ''
    finish = choice?.finish_reason ?? finish
    for (const {
      index = 0,
      function: { name = '', arguments: input = '' },
    } of choice?.delta?.tool_calls ?? []) {
      calls[index] ??= { name, input: '' }
      calls[index].input += input
    }
  }
  return {
    text: said,
    calls: calls.map(({ name, input }) => ({ name, input: JSON.parse(input) as unknown })),
    finish,
    usage,
    events,
  }
}
