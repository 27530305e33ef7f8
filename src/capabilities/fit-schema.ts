import type { Content } from '../core/content.ts'
import type { ChatRequest, OutputSchema } from '../core/request.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Capabilities, type SchemaWay, schemaWay } from './capabilities.ts'

const WORDS: Readonly<Record<SchemaWay, string>> = {
  'json-schema': 'as response_format json_schema',
  value: 'as response_format json_object with a value, as TGI spells it',
  'top-level': 'as response_format json_schema with the schema at its top, as Together spells it',
  'object-schema': 'as response_format json_object with a schema, as Fireworks spells it',
  'json-object': 'as response_format json_object, with the schema in the prompt',
  tool: 'as a call of a tool',
  prompt: 'in the prompt',
}

/** A request whose schema is asked for in a way that the server takes. */
export function fitSchema(
  request: ChatRequest,
  known: Capabilities,
  { spellings, own }: { spellings: Dialect['schemaSpellings']; own: SchemaWay },
  notes: Adjustment[],
): { readonly request: ChatRequest; readonly way: SchemaWay | undefined } {
  const { schema, ...rest } = request
  if (!schema) return { request, way: undefined }
  const way = schemaWay(known, spellings)
  if (way !== own)
    notes.push({
      type: 'schema',
      name: way,
      message: `data was asked for ${WORDS[way]}: the server did not take it otherwise`,
    })
  if (way === 'tool') {
    const tool = { name: schema.name, description: 'Takes the data asked for.', inputSchema: schema.schema }
    return {
      way,
      request: {
        ...rest,
        tools: [tool],
        ...(known.toolChoice !== 'auto' && { toolChoice: { name: schema.name } }),
        turns: told(rest.turns, callOf(schema)),
      },
    }
  }
  // Who takes a spelling need not heed it: but for OpenAI's own, the model is told as well.
  const isTold = way !== 'json-schema' && way !== 'top-level'
  const turns = isTold ? told(rest.turns, jsonOf(schema)) : rest.turns
  return { way, request: way === 'prompt' ? { ...rest, turns } : { ...request, turns } }
}

const callOf = ({ name }: OutputSchema): string => `Give the data by calling ${name}, once.`

const jsonOf = ({ schema }: OutputSchema): string =>
  `Answer with one JSON value that fits this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`

/** The turns with something more at the end of the last. */
function told(turns: readonly Turn[], text: string): readonly Turn[] {
  const last = turns.at(-1)
  if (last?.role !== 'user') return [...turns, { role: 'user', contents: [{ type: 'text', text }] }]
  const contents: readonly Content[] = [...last.contents, { type: 'text', text }]
  return [...turns.slice(0, -1), { ...last, contents }]
}
