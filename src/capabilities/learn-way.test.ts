import { describe, expect, test } from 'vitest'
import { lessonFrom } from '../../test/lesson-from.ts'
import type { ChatRequest } from '../core/request.ts'
import { bedrockConverse } from '../dialects/bedrock-converse.ts'
import { gemini } from '../dialects/gemini.ts'
import { SCHEMA_WAYS } from './capabilities.ts'
import { ignoredSchema, ignoredTools } from './learn-way.ts'

const tool = { name: 'get_weather', description: 'The weather.', inputSchema: { type: 'object' } }
const tools: Partial<ChatRequest> = { tools: [tool] }
const demand: Partial<ChatRequest> = { tools: [tool], toolChoice: { name: 'get_weather' } }
const schema: Partial<ChatRequest> = { schema: { name: 'person', schema: { type: 'object' } } }
const said = (message: string, more: object = {}): object => ({ error: { message, ...more } })

describe('a refusal of tools', () => {
  test.each([
    [400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'],
    [500, 'tools param requires --jinja flag'],
    [400, 'model features function calling not support'],
    [400, 'registry.ollama.ai/library/gemma:2b does not support tools'],
    [400, "This model doesn't support tool use."],
    [400, 'This model doesn’t support tool use in streaming mode.'],
    [400, 'Function calling is not enabled for models/gemma-3-27b-it'],
    [404, 'No endpoints found that support tool use. To learn more, visit https://openrouter.ai/docs'],
    [422, 'The following parameters are not supported for this model: tools, tool_choice'],
    [400, "Unsupported parameter: 'tools' is not supported with this model."],
  ])('is learned from %i %s', (status, message) => {
    for (const request of [tools, demand])
      expect(lessonFrom(status, said(message), { request })?.capabilities).toEqual({
        toolsRefused: ['native'],
      })
  })

  test('is learned from the field that nscale names beside its message', () => {
    const body = {
      code: '422',
      error_type: 'UNSUPPORTED_OPENAI_PARAMS',
      message: 'Unsupported OpenAI parameters',
      param: 'tools, tool_choice',
    }
    expect(lessonFrom(422, body, { request: tools })?.capabilities).toEqual({ toolsRefused: ['native'] })
  })

  test('is learned whatever a dialect calls the field', () => {
    const message = "This model doesn't support tool use."
    for (const dialect of [bedrockConverse, gemini])
      expect(lessonFrom(400, { message }, { request: tools, dialect })?.capabilities).toEqual({
        toolsRefused: ['native'],
      })
  })

  test('is none where no tools were sent', () => {
    expect(lessonFrom(400, said('This model does not support tools.'))).toBeUndefined()
  })

  test.each([
    "Invalid schema for function 'get_weather': In context=('properties', 'x'), array schema missing items.",
    "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    'tools.0.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12',
    'Invalid JSON payload received. Unknown name "additionalProperties" at \'tools[0].function_declarations[0].parameters\': Cannot find field.',
    '* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[x].enum: only allowed for STRING type',
    "Tool call validation failed: attempted to call tool 'x' which was not in request.tools",
    "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.",
    'tools: Tool names must be unique.',
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.",
    "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
  ])('is none where something else is wrong with them: %s', (message) => {
    expect(lessonFrom(400, said(message), { request: tools })).toBeUndefined()
  })

  test('is none where the model only wrote such words into a call that failed', () => {
    const body = said('Failed to call a function.', {
      code: 'tool_use_failed',
      failed_generation: 'Sorry, this model does not support tools.\nNo n is allowed.',
    })
    expect(lessonFrom(400, body, { request: { ...tools, params: { n: 1 } } })).toBeUndefined()
  })
})

describe('a refusal to be told which tool to call', () => {
  test.each([
    'Thinking mode does not support this tool_choice',
    "Invalid value for 'tool_choice': only 'auto' and 'none' are supported",
    "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again",
    'Tool choice is required, but model did not call a tool',
  ])('is learned from %s', (message) => {
    expect(lessonFrom(400, said(message), { request: demand })?.capabilities).toEqual({ toolChoice: 'auto' })
  })

  test('is none where nothing was demanded', () => {
    const message = 'Thinking mode does not support this tool_choice'
    expect(lessonFrom(400, said(message), { request: { ...tools, toolChoice: 'auto' } })).toBeUndefined()
  })
})

describe('a refusal of a form', () => {
  test.each([
    "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    'This model does not support response format `json_schema`. See supported models',
    'The provided JSON schema contains features not supported by xgrammar.',
    "response_format.type: Input should be 'json_object' or 'text'",
  ])('is learned of its spelling from %s', (message) => {
    expect(lessonFrom(400, said(message), { request: schema })?.capabilities).toEqual({
      schemaRefused: ['json-schema'],
    })
  })

  test('is learned of all that know a schema where only JSON is taken', () => {
    const message =
      "Model 'x' does not support 'json_schema' response format. Supported formats: json_object."
    expect(lessonFrom(400, said(message), { request: schema })?.capabilities).toEqual({
      schemaRefused: ['json-schema', 'value', 'top-level', 'object-schema'],
    })
  })

  test.each([
    'response_format is not supported by this model',
    "[{'type': 'extra_forbidden', 'loc': ('body', 'response_format'), 'msg': 'unexpected response_format'}]",
  ])('is learned of every spelling where the field is unknown: %s', (message) => {
    expect(lessonFrom(400, said(message), { request: schema })?.capabilities).toEqual({
      schemaRefused: SCHEMA_WAYS.slice(0, 5),
    })
  })

  test('is learned whatever a dialect calls the field', () => {
    const message = 'JSON mode is not enabled for models/gemma-3-27b-it'
    expect(lessonFrom(400, said(message), { request: schema, dialect: gemini })?.capabilities).toEqual({
      schemaRefused: ['json-schema'],
    })
  })

  test('is learned as one of tools where the form was to hold calls', () => {
    const known = { toolsRefused: ['native'] } as const
    const message = 'response_format is not supported by this model'
    expect(lessonFrom(400, said(message), { request: tools, known })?.capabilities).toEqual({
      toolsRefused: ['schema'],
    })
  })

  test('is learned of the word strict alone, once', () => {
    const message = "Unknown parameter: 'response_format.json_schema.strict'."
    expect(lessonFrom(400, said(message), { request: schema })?.capabilities).toEqual({ strict: false })
    expect(
      lessonFrom(400, said(message), { request: schema, quirks: { strict: false } })?.capabilities,
    ).toEqual({
      schemaRefused: ['json-schema'],
    })
  })

  test.each([
    "Invalid schema for response_format 'person': In context=(), 'additionalProperties' is required to be supplied and to be false.",
    'invalid JSON schema for response_format: person: /properties/a: `additionalProperties:false` must be set on every object',
    'Unable to generate parser for this template. Automatic parser generation failed: JSON schema error at #: unrecognized type strange',
    "Invalid 'messages[0].content': string too long.",
  ])('is none where the schema itself is wrong, or something else is: %s', (message) => {
    expect(lessonFrom(400, said(message), { request: schema })).toBeUndefined()
  })

  test('is none where the caller put the form into the body by hand', () => {
    const request = { extra: { response_format: { type: 'json_object' } } }
    expect(
      lessonFrom(400, said('response_format is not supported by this model'), { request }),
    ).toBeUndefined()
  })
})

describe('an answer that heeded nothing teaches', () => {
  test('the next way of offering tools, until they are in words', () => {
    expect(ignoredTools({})).toEqual({ toolsRefused: ['native'] })
    expect(ignoredTools({ toolsRefused: ['native'] })).toEqual({ toolsRefused: ['schema'] })
    expect(ignoredTools({ toolsRefused: ['native', 'schema'] })).toBeUndefined()
  })

  test('to show the model the form as well, until it is asked for in words', () => {
    const spellings = ['json-schema', 'value', 'top-level', 'object-schema', 'json-object'] as const
    expect(ignoredSchema({}, spellings)).toEqual({ schemaRefused: SCHEMA_WAYS.slice(0, 4) })
    expect(ignoredSchema({ schemaRefused: SCHEMA_WAYS.slice(0, 4) }, spellings)).toEqual({
      schemaRefused: SCHEMA_WAYS.slice(0, 5),
    })
    expect(ignoredSchema({ schemaRefused: SCHEMA_WAYS.slice(0, 6) }, spellings)).toBeUndefined()
  })
})
