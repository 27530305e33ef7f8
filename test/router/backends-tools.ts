import type { Behaviour } from './behaviour.ts'
import { cerebras, fireworks, llama, novita, nscale, openai, tgi, vllm } from './refusals.ts'
import { type Answer, type Body, type Call, isJson, toolsOf, without } from './wire.ts'

const WEATHER = {
  tools: [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather of a city.',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
        },
      },
    },
  ],
}
const NAMED = { type: 'function', function: { name: 'get_weather' } }

const hasTools = (body: Body): boolean => toolsOf(body).length > 0

/** The calls of an answer as text instead. */
const asText =
  (write: (call: Call) => string) =>
  (answer: Answer, body: Body): Answer =>
    answer.calls.length > 0 && hasTools(body)
      ? { text: [answer.text, ...answer.calls.map(write)].filter(Boolean).join('\n'), calls: [] }
      : answer

/** Without tools, and without what only they make sense of in a history. */
const withoutTools = (body: Body): Body => ({
  ...without(body, 'tools', 'tool_choice'),
  messages: body.messages
    .filter(({ role }) => role !== 'tool')
    .map(({ role, content }) => ({ role, content })),
})

/** Whether a choice names one tool. */
const isNamed = (choice: unknown): boolean => isJson(choice)

/** Backends that have their own ways with tools. */
export const TOOL_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'ignores-tools',
    says: 'answers 200 in plain text as if no tools had come, and its template drops calls and results from the history',
    source: 'meta-llama/Llama-3.1-8B-Instruct behind the router; tidyverse/ellmer#1040',
    bites: WEATHER,
    lacks: ['tools'],
    sees: withoutTools,
  },
  {
    name: 'tools-as-text',
    says: 'writes the call into the text, in <tool_call> tags, and stops with "stop"',
    source: 'transformers serve 5.18 (engines/transformers-serve/53-tools-auto.txt); qwen-code#31',
    bites: WEATHER,
    speaks: asText(
      ({ name, arguments: input }) =>
        `<tool_call>\n${JSON.stringify({ name, arguments: input })}\n</tool_call>`,
    ),
  },
  {
    name: 'tools-as-bare-json',
    says: 'writes the call into the text as bare JSON',
    source: 'cerebras behind the router (huggingface/0fd21d532431)',
    bites: WEATHER,
    speaks: asText(({ name, arguments: input }) => JSON.stringify({ name, arguments: input })),
  },
  {
    name: 'tools-as-broken-text',
    says: 'names the tool as a call in its text, in a form that cannot be read',
    source: 'small models without a parser on vLLM and llama-server',
    bites: WEATHER,
    lacks: ['tools'],
    speaks: asText(({ name, arguments: input }) => `${name}(${Object.keys(input)[0] ?? ''}=`),
  },
  {
    name: 'refuses-tools-novita',
    says: 'refuses tools with 400 "model features function calling not support"',
    source: 'novita; tidyverse/ellmer#1040',
    bites: WEATHER,
    lacks: ['tools'],
    refuses: (body) =>
      hasTools(body)
        ? novita(`model features function calling not support, model: ${body.model}`)
        : undefined,
  },
  {
    name: 'refuses-tools-nscale',
    says: 'refuses tools and tool_choice with 422 UNSUPPORTED_OPENAI_PARAMS',
    source: 'nscale; huggingface/smolagents#1808',
    bites: { ...WEATHER, tool_choice: 'auto' },
    lacks: ['tools'],
    refuses: (body) => (hasTools(body) || 'tool_choice' in body ? nscale('tools, tool_choice') : undefined),
  },
  {
    name: 'refuses-tools-vllm',
    says: 'refuses tools it may choose among, as vLLM does without a parser; a named one it can be held to',
    source: 'vLLM; langchain4j/langchain4j#3475',
    bites: WEATHER,
    lacks: ['tools'],
    refuses: ({ tool_choice: choice = 'auto', ...body }) => {
      if (!hasTools(body as Body) || isNamed(choice) || choice === 'none') return undefined
      return vllm(
        choice === 'required'
          ? 'tool_choice="required" requires --tool-call-parser to be set'
          : '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      )
    },
  },
  {
    name: 'refuses-tools-llama-server',
    says: 'refuses tools with 500 "tools param requires --jinja flag"',
    source: 'llama-server (llamacpp/e42f25ea4f37)',
    bites: WEATHER,
    lacks: ['tools'],
    refuses: (body) => (hasTools(body) ? llama(500, 'tools param requires --jinja flag') : undefined),
  },
  {
    name: 'refuses-tool-choice',
    says: 'takes the tool choices auto and none only',
    source: 'cerebras as ReqLLM documents it',
    bites: { ...WEATHER, tool_choice: 'required' },
    refuses: ({ tool_choice: choice }) =>
      choice === undefined || choice === 'auto' || choice === 'none'
        ? undefined
        : openai(400, "Invalid value for 'tool_choice': only 'auto' and 'none' are supported", {
            param: 'tool_choice',
          }),
  },
  {
    name: 'refuses-tool-choice-field',
    says: 'takes no field tool_choice at all',
    source: 'hosts in the shape of Cerebras',
    bites: { ...WEATHER, tool_choice: 'auto' },
    refuses: (body) => ('tool_choice' in body ? cerebras('tool_choice') : undefined),
  },
  {
    name: 'ignores-tool-choice',
    says: 'treats every tool choice as auto',
    source: 'transformers serve 5.18 (engines/transformers-serve/54-tools-required.txt)',
    bites: { ...WEATHER, tool_choice: 'required' },
    sees: (body) => without(body, 'tool_choice'),
  },
  {
    name: 'ignores-named-tool-choice',
    says: 'treats a named tool choice as auto',
    source: 'llama-server (reference/local-engines.md)',
    bites: { ...WEATHER, tool_choice: NAMED },
    sees: (body) => (isNamed(body.tool_choice) ? without(body, 'tool_choice') : body),
  },
  {
    name: 'refuses-parallel-tool-calls',
    says: 'takes no field parallel_tool_calls',
    source: 'cerebras as ReqLLM documents it; Fireworks’ shape',
    bites: { ...WEATHER, parallel_tool_calls: false },
    refuses: (body) =>
      'parallel_tool_calls' in body ? fireworks('parallel_tool_calls', body.parallel_tool_calls) : undefined,
  },
  {
    name: 'refuses-strict',
    says: 'takes no `strict` in a tool or in json_schema',
    source: 'hosts that check bodies with pydantic',
    bites: {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'data', schema: { type: 'object' }, strict: true },
      },
    },
    refuses: (body) =>
      isStrict(body)
        ? openai(400, "Unknown parameter: 'strict'.", { param: 'strict', code: 'unknown_parameter' })
        : undefined,
  },
  {
    name: 'tools-xor-schema',
    says: 'takes tools or a response_format, never both',
    source: 'TGI router/src/lib.rs (reference/huggingface.md A11)',
    bites: { ...WEATHER, response_format: { type: 'json_object' } },
    refuses: (body) =>
      hasTools(body) && 'response_format' in body
        ? tgi('Input validation error: Grammar and tools are mutually exclusive', 'validation')
        : undefined,
  },
  {
    name: 'schema-wins-over-tools',
    says: 'takes tools and a schema together, and then holds the model to the schema, so that it calls nothing',
    source: 'llama-server (reference/local-engines.md)',
    bites: { ...WEATHER, response_format: { type: 'json_object' } },
    sees: (body) => ('response_format' in body ? without(body, 'tools', 'tool_choice') : body),
  },
]

const isStrict = (body: Body): boolean =>
  JSON.stringify([body.tools, body.response_format]).includes('"strict":')
