import type { Behaviour } from './behaviour.ts'
import { novita, openai, tgi } from './refusals.ts'
import { schemaIn } from './schema-seen.ts'
import { type Body, type Json, isJson, without } from './wire.ts'

const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
}
const OPENAI = { response_format: { type: 'json_schema', json_schema: { name: 'person', schema: PERSON } } }

/** The format that a body asks for; plain text is none. */
const formatOf = ({ response_format: format }: Body): Json | undefined =>
  isJson(format) && format.type !== 'text' ? format : undefined

/** Backends that have their own ways with `response_format`. */
export const FORMAT_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'json-object-only',
    says: 'takes json_object only, and names it',
    source: 'novita; tidyverse/ellmer#1040',
    bites: OPENAI,
    lacks: ['structured'],
    refuses: (body) =>
      formatOf(body)?.type === 'json_schema'
        ? novita(
            `Model '${body.model}' does not support 'json_schema' response format. Supported formats: json_object.`,
          )
        : undefined,
    // A schema beside json_object is no field here: it is not read.
    sees(body) {
      const format = formatOf(body)
      return format ? { ...body, response_format: { type: format.type } } : body
    },
  },
  {
    name: 'response-format-refused',
    says: 'takes no response_format at all',
    source: 'hosts without guided decoding',
    bites: OPENAI,
    lacks: ['structured'],
    refuses: (body) =>
      formatOf(body)
        ? openai(400, 'response_format is not supported by this model', { param: 'response_format' })
        : undefined,
  },
  {
    name: 'response-format-ignored',
    says: 'ignores response_format and answers in prose',
    source: 'transformers serve 5.18 (engines/transformers-serve/43-rf-json_schema.txt)',
    bites: OPENAI,
    lacks: ['structured'],
    sees: (body) => without(body, 'response_format'),
  },
  {
    name: 'schema-as-tgi',
    says: 'takes a schema as {type:"json_object", value} only, and refuses the rest with 422',
    source: 'TGI; huggingface_hub#2744, TGI#2899',
    bites: OPENAI,
    refuses(body) {
      const format = formatOf(body)
      if (!format || (format.type === 'json_object' && isJson(format.value))) return undefined
      return tgi(
        format.type === 'json_object'
          ? 'Failed to deserialize the JSON body into the target type: response_format: missing field `value`'
          : `Failed to deserialize the JSON body into the target type: response_format.type: unknown variant \`${String(format.type)}\`, expected one of \`json_object\`, \`regex\``,
      )
    },
  },
  {
    name: 'schema-as-together',
    says: 'takes a schema as {type:"json_schema", schema} only: under json_schema it is not found',
    source: 'Together; HJ providers/together.ts',
    bites: OPENAI,
    refuses(body) {
      const format = formatOf(body)
      return format?.type === 'json_schema' && !isJson(format.schema)
        ? openai(400, 'response_format: missing field `schema`', { param: 'response_format' })
        : undefined
    },
    sees(body) {
      const format = formatOf(body)
      return format ? { ...body, response_format: without(format as Body, 'json_schema', 'value') } : body
    },
  },
  {
    name: 'schema-as-fireworks',
    says: 'takes a schema as {type:"json_object", schema} only',
    source: 'Fireworks; huggingface_hub _providers',
    bites: OPENAI,
    refuses(body) {
      const format = formatOf(body)
      return format && format.type !== 'json_object'
        ? openai(400, "response_format.type: Input should be 'json_object' or 'text'", {
            param: 'response_format',
          })
        : undefined
    },
    sees(body) {
      const format = formatOf(body)
      return format ? { ...body, response_format: without(format as Body, 'value') } : body
    },
  },
  {
    name: 'schema-makes-json-only',
    says: 'answers JSON for any response_format, but does not look at the schema',
    source: 'hosts that know JSON mode only; Responses of llama-server ignore text.format alike',
    bites: OPENAI,
    lacks: ['structured'],
    sees(body) {
      const format = formatOf(body)
      return format && schemaIn(format) ? { ...body, response_format: { type: 'json_object' } } : body
    },
  },
]
