import { type Content, documentText } from '../core/content.ts'
import { isStandardParam } from '../core/params.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Turn } from '../core/turn.ts'
import { merge } from '../lib/merge.ts'
import { CortexAnalystReader } from './cortex-analyst-reader.ts'
import type { Dialect, Quirks, Wire } from './dialect.ts'

type Block = Readonly<Record<string, unknown>>

interface Message {
  readonly role: 'user' | 'analyst'
  readonly content: readonly Block[]
}

/**
 * Snowflake's Cortex Analyst, which answers questions about tables with SQL. What the tables mean it must be told with each
 * request, by `semantic_model`, `semantic_model_file`, `semantic_view` or `semantic_models` in `extra`. It takes no model, no
 * system prompt, no tools, no form for its answer and no parameters. The SQL stands in the text, fenced, and as a JSON content
 * `{ sql }`, with the `confidence` where there is one; questions to ask instead stand as a list and as `{ suggestions }`.
 * https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api
 */
export const cortexAnalyst: Dialect = {
  id: 'cortex-analyst',
  schemaForms: { tools: 'plain', output: 'plain' },
  paramNames: {},

  encode(request: ChatRequest, quirks: Quirks): Wire {
    const { turns, system, tools, builtins, schema, params, stream, extra } = request
    if (system) throw refused('system prompt', 'say it in the semantic model, as custom_instructions')
    if (tools?.length || builtins?.length) throw refused('tools', 'use a chat without them')
    if (schema) throw refused('schema for its answer', 'take the SQL from the JSON content of the answer')
    const extras = Object.entries(params).filter(([name]) => !isStandardParam(name))
    let body: Record<string, unknown> = {
      messages: joined(turns.flatMap(spellTurn)),
      ...Object.fromEntries(extras),
      stream,
    }
    for (const field of quirks.omit ?? []) delete body[field]
    if (extra) body = merge(body, extra)
    return { path: 'api/v2/cortex/analyst/message', body }
  },

  reader: () => new CortexAnalystReader(),
}

const refused = (what: string, advice: string): TypeError =>
  new TypeError(`Cortex Analyst takes no ${what}: ${advice}`)

/** An answer of its own goes back as it came; of any other model's, the words. */
function spellTurn({ role, contents }: Turn): readonly Message[] {
  if (role === 'user') return message('user', contents.flatMap(spellPart))
  for (const content of contents)
    if (content.type === 'text' && content.opaque?.dialect === 'cortex-analyst')
      return message('analyst', content.opaque.value as readonly Block[])
  return message(
    'analyst',
    contents.flatMap((content) => (content.type === 'media' ? [] : spellPart(content))),
  )
}

const message = (role: Message['role'], content: readonly Block[]): readonly Message[] =>
  content.length === 0 ? [] : [{ role, content }]

/** Neighbours of one role as one message: what other models said besides words is left out, and may leave a gap. */
function joined(messages: readonly Message[]): readonly Message[] {
  const all: Message[] = []
  for (const { role, content } of messages) {
    const last = all.at(-1)
    if (last?.role === role) all[all.length - 1] = { role, content: [...last.content, ...content] }
    else all.push({ role, content })
  }
  return all
}

const textBlock = (text: string): Block => ({ type: 'text', text })

function spellPart(content: Content): readonly Block[] {
  switch (content.type) {
    case 'text':
      return content.text === '' ? [] : [textBlock(content.text)]
    case 'json':
      return [textBlock(JSON.stringify(content.value))]
    case 'tool-result':
      return [textBlock(`The tool ${content.name} gave: ${content.content}`)]
    case 'media':
      if (content.kind === 'document') return [textBlock(documentText(content))]
      throw refused(content.kind === 'image' ? 'picture' : content.kind, 'say in words what it shows')
    case 'thinking':
    case 'citation':
    case 'tool-call':
    case 'server-tool':
      return []
  }
}
