import type { Content, ToolCall } from '../core/content.ts'
import type { ChatRequest, ToolChoice, ToolSpec } from '../core/request.ts'
import type { JsonSchema } from '../core/schema.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import { type CallSyntax, type Capabilities, toolsWay } from './capabilities.ts'
import { resultInWords } from './fit-history.ts'

/** How Hermes, Qwen and many others write a call: what models that were never told another way know best. */
const HERMES: CallSyntax = { open: '<tool_call>\n', close: '\n</tool_call>', form: 'json-arguments' }

const WHY = 'the server does not take them as such'

/** A request whose tools are offered in a way that the server takes. */
export function fitTools(
  request: ChatRequest,
  known: Capabilities,
  notes: Adjustment[],
  toolPrompt?: string,
): { readonly request: ChatRequest; readonly reading?: 'form' } {
  const way = toolsWay(known)
  const hasTools = request.tools !== undefined && request.tools.length > 0
  if (way === 'native' || (!hasTools && !request.turns.some(speaksOfCalls)))
    return { request: hasTools ? demanded(request, known, notes) : request }
  const syntax = known.callSyntax ?? HERMES
  const { tools = [], toolChoice, ...rest } = request
  const isForm = way === 'schema' && hasTools && toolChoice !== 'none' && !request.schema
  const turns = rest.turns.map((turn) => inWords(turn, isForm ? inForm : (call) => inSyntax(call, syntax)))
  // A model that must not call is not told of the tools at all.
  if (!hasTools || toolChoice === 'none') return { request: { ...rest, turns } }
  notes.push({
    type: 'tools',
    name: way,
    message: `tools were offered ${isForm ? 'as a form for the answer' : 'in the prompt'}: ${WHY}`,
  })
  const words = isForm
    ? `${listOf(tools)}\n\n${FORM}`
    : (toolPrompt ?? `${listOf(tools)}\n\n${howTo(syntax)}`)
  const system = [rest.system, words, demand(toolChoice)].filter(Boolean).join('\n\n')
  return isForm
    ? {
        request: { ...rest, system, turns, schema: { name: 'answer', schema: formOf(tools, toolChoice) } },
        reading: 'form',
      }
    : { request: { ...rest, system, turns } }
}

/** Where a server takes no demand for a tool, the model is told in words. */
function demanded(request: ChatRequest, { toolChoice }: Capabilities, notes: Adjustment[]): ChatRequest {
  const { toolChoice: choice, ...rest } = request
  if (toolChoice !== 'auto' || choice === undefined || choice === 'auto' || choice === 'none') return request
  notes.push({
    type: 'tools',
    name: 'tool-choice',
    message: 'that a tool must be called was told in the prompt: the server takes no such demand',
  })
  return { ...rest, system: [rest.system, demand(choice)].filter(Boolean).join('\n\n') }
}

const demand = (choice: ToolChoice | undefined): string =>
  choice === 'required'
    ? 'You must call a tool now.'
    : typeof choice === 'object'
      ? `You must call the tool ${choice.name} now.`
      : ''

const listOf = (tools: readonly ToolSpec[]): string =>
  `You can call these tools:\n${tools
    .map(({ name, description, inputSchema }) =>
      JSON.stringify({ name, description, parameters: inputSchema }),
    )
    .join('\n')}`

const howTo = (syntax: CallSyntax): string =>
  `To call one, answer with nothing but a block like this, one for each call, and stop; the result will be told to you:\n${written('NAME', { NAME_OF_ARGUMENT: 'VALUE' }, syntax)}\nWhere no tool is needed, answer in words.`

const written = (name: string, input: unknown, { open, close, form }: CallSyntax): string =>
  `${open}${JSON.stringify({ name, [form === 'json-arguments' ? 'arguments' : 'parameters']: input })}${close}`

const inSyntax = (call: ToolCall, syntax: CallSyntax): string =>
  written(call.name, call.input ?? { unusable: call.raw ?? '' }, syntax)

const FORM =
  'Answer with a JSON object. To call tools, list them in tool_calls, each with its name and arguments, and leave answer empty: ' +
  'the results will be told to you. Where no tool is needed, leave tool_calls empty and write your answer in answer.'

const inForm = (call: ToolCall): string =>
  JSON.stringify({
    tool_calls: [{ name: call.name, arguments: call.input ?? { unusable: call.raw ?? '' } }],
    answer: '',
  })

/** A form in which a model can call tools or answer. */
function formOf(tools: readonly ToolSpec[], choice: ToolChoice | undefined): JsonSchema {
  const open = typeof choice === 'object' ? tools.filter(({ name }) => name === choice.name) : tools
  const calls = open.map(({ name, inputSchema }) =>
    closed({ name: { type: 'string', enum: [name] }, arguments: inputSchema }),
  )
  return closed({
    tool_calls: { type: 'array', items: calls.length === 1 ? calls[0] : { anyOf: calls } },
    answer: { type: 'string' },
  })
}

const closed = (properties: JsonSchema): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

const speaksOfCalls = ({ contents }: Turn): boolean =>
  contents.some(({ type }) => type === 'tool-call' || type === 'tool-result')

/** A turn whose calls and results are text. */
function inWords(turn: Turn, write: (call: ToolCall) => string): Turn {
  if (!speaksOfCalls(turn)) return turn
  const contents = turn.contents.flatMap((content): readonly Content[] => {
    if (content.type === 'tool-call') return [{ type: 'text', text: write(content) }]
    return content.type === 'tool-result' ? resultInWords(content) : [content]
  })
  return { ...turn, contents } as Turn
}
