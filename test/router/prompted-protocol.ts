import { wordsOf } from './facts.ts'
import { type Call, type SeenTool, isJson, objectsIn } from './wire.ts'

/** A way to write a call that a prompt shows: the model copies it. */
export interface CallForm {
  write(call: Call): string
}

/** What a prompt says of tools: which there are, and how a call is written. */
export interface Protocol {
  readonly tools: readonly SeenTool[]
  readonly form: CallForm
}

const NAME_KEYS = ['name', 'tool', 'tool_name', 'function', 'function_name']
const INPUT_KEYS = ['arguments', 'parameters', 'input', 'args', 'tool_input']

/**
 * Reads a prompted protocol out of a prompt, whoever wrote it: the names of tools, and an example of a call. Undefined where one
 * of the two is missing, or nothing speaks of calling: a model that is not told how to call cannot.
 */
export function protocolIn(prompt: string): Protocol | undefined {
  if (!/\b(?:tools?|functions?|call)\b/i.test(prompt)) return undefined
  const form = jsonForm(prompt) ?? xmlForm(prompt) ?? pythonForm(prompt)
  const tools = toolsIn(prompt)
  return form && tools.length > 0 ? { tools, form } : undefined
}

/** Tools described as JSON, and names that look like those of functions. */
function toolsIn(prompt: string): readonly SeenTool[] {
  const tools = new Map<string, SeenTool>()
  for (const { value } of objectsIn(prompt)) {
    const spec = isJson(value.function) ? value.function : value
    const { name } = spec
    const parameters = spec.parameters ?? spec.inputSchema ?? spec.input_schema ?? spec.arguments
    if (typeof name === 'string' && isJson(parameters) && isSchema(parameters))
      tools.set(name, { name, parameters })
  }
  for (const [name] of prompt.matchAll(/\b[a-zA-Z]\w*(?:_\w+)+\b|\b[a-z]+(?:[A-Z][a-z]+)+\b/g))
    if (!tools.has(name)) tools.set(name, { name, parameters: schemaAfter(prompt, name) })
  return [...tools.values()]
}

/** The schema written after a tool's name, before the next line of prose ends it. */
function schemaAfter(prompt: string, name: string): SeenTool['parameters'] {
  const at = prompt.indexOf(name)
  const near = objectsIn(prompt.slice(at, at + 4000))[0]
  return near && near.at < 400 && isSchema(near.value) ? near.value : undefined
}

const isSchema = (value: Record<string, unknown>): boolean =>
  value.type === 'object' || isJson(value.properties)

/** `{"name": …, "arguments": …}` with whatever stands around it: tags, brackets, a fence. Placeholders need not be JSON. */
function jsonForm(prompt: string): CallForm | undefined {
  const keys = (names: readonly string[]): string => names.join('|')
  const example = new RegExp(
    String.raw`\{\s*"(${keys(NAME_KEYS)})"\s*:\s*("[^"]*"|<[^<>]*>|[\w$.…-]+)\s*,\s*"(${keys(INPUT_KEYS)})"\s*:\s*`,
    'g',
  )
  for (const match of prompt.matchAll(example)) {
    const inputAt = match.index + match[0].length
    const input = inputEnd(prompt, inputAt)
    // The description of a tool has the same keys as a call of it, but a schema for its input.
    if (input === undefined || isDescription(prompt.slice(inputAt, input))) continue
    const close = /^\s*\}/.exec(prompt.slice(input))
    if (!close) continue
    const { before, after } = marksAround(prompt, match.index, input + close[0].length)
    const [, name = 'name', , inputKey = 'arguments'] = match
    return {
      write: (call) =>
        `${before}${JSON.stringify({ [name]: call.name, [inputKey]: call.arguments })}${after}`,
    }
  }
  return undefined
}

const isDescription = (input: string): boolean => /"(?:type|properties)"\s*:/.test(input)

/** Where the input of an example ends: an object, or a placeholder such as <args-json-object>. */
function inputEnd(prompt: string, at: number): number | undefined {
  const placeholder = /^(?:<[^<>]*>|\.\.\.|…|"[^"]*"|[\w$-]+)/.exec(prompt.slice(at))
  if (placeholder) return at + placeholder[0].length
  if (prompt[at] !== '{') return undefined
  let depth = 0
  for (let end = at; end < prompt.length; end++) {
    if (prompt[end] === '{') depth++
    else if (prompt[end] === '}' && --depth === 0) return end + 1
  }
  return undefined
}

const MARK = String.raw`<\/?[\w|:.-]+(?:\|>|>)|\[\/?[A-Z][A-Z_]*\]|\`\`\`\w*|<\|[^|<>]*\|>|\[|\]`

/** The marks that stand right before and after an example. */
function marksAround(
  prompt: string,
  start: number,
  end: number,
): { readonly before: string; readonly after: string } {
  const before = new RegExp(String.raw`(?:(?:${MARK})\s*)+$`).exec(
    prompt.slice(Math.max(0, start - 200), start),
  )
  const after = new RegExp(String.raw`^(?:\s*(?:${MARK}))+`).exec(prompt.slice(end, end + 200))
  // A quotation mark or a dash before the example is the prompt's own, so only marks count. An opening tag inside prose is one too,
  // but then it is closed before the example: `<tool_call></tool_call>` around nothing says where, and is no mark.
  const opening = before?.[0].replace(/^[\s\S]*<(\w+)><\/\1>\s*/, '') ?? ''
  return { before: opening, after: after?.[0] ?? '' }
}

/** `<function=name><parameter=key>value</parameter></function>`, with or without a tag around it. */
function xmlForm(prompt: string): CallForm | undefined {
  const example =
    /(<tool_call>\s*)?<function=[^>]*>[\s\S]*?<parameter=[^>]*>[\s\S]*?<\/function>(\s*<\/tool_call>)?/.exec(
      prompt,
    )
  if (!example) return undefined
  const [, before = '', after = ''] = example
  return {
    write({ name, arguments: input }) {
      const parameters = Object.entries(input).map(
        ([key, value]) =>
          `<parameter=${key}>\n${typeof value === 'string' ? value : JSON.stringify(value)}\n</parameter>\n`,
      )
      return `${before}<function=${name}>\n${parameters.join('')}</function>${after}`
    },
  }
}

/** `[get_weather(city="Paris")]`, with or without brackets. */
function pythonForm(prompt: string): CallForm | undefined {
  const example = /(\[?)\b[a-zA-Z_]\w*\(\s*[a-zA-Z_]\w*\s*=[^()\n]*\)/.exec(prompt)
  if (!example) return undefined
  const isList = example[1] === '['
  return {
    write({ name, arguments: input }) {
      const list = Object.entries(input).map(([key, value]) => `${key}=${pythonic(value)}`)
      const call = `${name}(${list.join(', ')})`
      return isList ? `[${call}]` : call
    },
  }
}

const pythonic = (value: unknown): string =>
  value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : JSON.stringify(value)

/** The tool that a question is about: one whose name has a word of it. */
export function toolFor<T extends { readonly name: string }>(
  question: string,
  tools: readonly T[],
): T | undefined {
  const asked = new Set(wordsOf(question).filter((word) => word.length > 2 && !COMMON.has(word)))
  return tools.find(({ name }) => wordsOf(name).some((word) => asked.has(word)))
}

const COMMON = new Set([
  'get',
  'set',
  'the',
  'what',
  'find',
  'tool',
  'call',
  'name',
  'and',
  'for',
  'with',
  'use',
  'give',
  'code',
  'word',
  'data',
  'form',
])
