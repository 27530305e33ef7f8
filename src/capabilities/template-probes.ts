import { openRenderer } from '#platform'
import type { ToolSpec } from '../core/request.ts'
import type { JsonSchema } from '../core/schema.ts'
import type { Rendering, TemplateRenderer, TemplateVariables } from '../lib/template-renderer.ts'

/** The special tokens that a template writes around turns, as the tokenizer's configuration names them. */
export interface TemplateTokens {
  readonly bosToken?: string | undefined
  readonly eosToken?: string | undefined
}

/** The longest template that is looked at, in characters. The longest in use are a tenth of it. */
const LONGEST = 200_000

/** Opens a template; undefined where it is too long, or there is no safe place to render it. */
export const openTemplate = async (template: string): Promise<TemplateRenderer | undefined> =>
  template.length > LONGEST ? undefined : openRenderer(template)

/** Words that no template writes itself: where one is in a prompt, what was said has got there. */
export const MARK = {
  system: 'qxsystemqx',
  user: 'qxuserqx',
  second: 'qxsecondqx',
  answer: 'qxanswerqx',
  result: 'qxresultqx',
  tool: 'qx_tool',
  key: 'qx_key',
  value: 'qxvalueqx',
} as const

/** The tool that probes offer and call. */
export const PROBE_TOOL: ToolSpec = {
  name: MARK.tool,
  description: 'qxdescriptionqx',
  inputSchema: {
    type: 'object',
    properties: { [MARK.key]: { type: 'string', description: 'qxparameterqx' } },
    required: [MARK.key],
  },
}

/** A message as servers hand it to a template. */
export type Message = Readonly<Record<string, unknown>>

/** How a template wants to be given a conversation. */
export interface Setup {
  readonly content: 'text' | 'parts'
  readonly variables: TemplateVariables
}

/** What servers give a template besides the messages, in the order in which it is tried. The first is what transformers gives. */
const SURROUNDINGS: readonly TemplateVariables[] = [
  { tools: null, documents: null },
  {},
  {
    tools: [],
    documents: [],
    enable_thinking: false,
    thinking: false,
    reasoning_effort: 'medium',
    date_string: '26 Jul 2024',
    tools_in_user_message: true,
    custom_tools: [],
    builtin_tools: [],
    continue_final_message: false,
  },
]
const CONTENTS = ['text', 'parts'] as const

/** What is known of how a template takes a conversation. */
export interface Baseline {
  /** Undefined where no way was found to have even one message rendered. */
  readonly setup: Setup | undefined
  readonly content: 'text' | 'parts' | 'both' | undefined
}

/** Finds out how a template takes the smallest conversation. */
export async function baselineOf(renderer: TemplateRenderer, tokens: TemplateTokens): Promise<Baseline> {
  const special = { bos_token: tokens.bosToken ?? '', eos_token: tokens.eosToken ?? '' }
  const setups = SURROUNDINGS.flatMap((around) =>
    CONTENTS.map((content): Setup => ({ content, variables: { ...special, ...around } })),
  )
  const renderings = await renderer.render(setups.map((setup) => conversation(setup, [user(setup)])))
  const works = renderings.map((rendering) => isWhole(rendering))
  const first = works.indexOf(true)
  if (first < 0) return { setup: undefined, content: undefined }
  const pair = first - (first % 2)
  const content = works[pair] && works[pair + 1] ? 'both' : works[pair] ? 'text' : 'parts'
  return { setup: setups[first], content }
}

/** The user's text has come out as such, not as the JSON of a list of parts. */
function isWhole(rendering: Rendering | undefined): boolean {
  return says(rendering, MARK.user) && !/["']text["']: *["']qxuser/.test((rendering as { text: string }).text)
}

/** Whether all words got into the prompt; false too where there is none. */
export const says = (rendering: Rendering | undefined, ...words: readonly string[]): boolean =>
  rendering !== undefined && 'text' in rendering && words.every((word) => rendering.text.includes(word))

/** A message with text in the form that the template takes. */
export const said = ({ content }: Setup, role: string, text: string): Message => ({
  role,
  content: content === 'text' ? text : [{ type: 'text', text }],
})

/** The user's first message. */
export const user = (setup: Setup): Message => said(setup, 'user', MARK.user)

/** The variables that render a conversation. */
export const conversation = (
  { variables }: Setup,
  messages: readonly Message[],
  { tools, isOpen = true }: { readonly tools?: readonly ToolSpec[]; readonly isOpen?: boolean } = {},
): TemplateVariables => ({
  ...variables,
  ...(tools && { tools: tools.map(inFunction) }),
  messages,
  add_generation_prompt: isOpen,
})

const inFunction = ({ name, description, inputSchema }: ToolSpec): JsonSchema => ({
  type: 'function',
  function: { name, description, parameters: inputSchema },
})

/** Renders conversations by name. */
export async function renderAll<Name extends string>(
  renderer: TemplateRenderer,
  probes: Readonly<Record<Name, TemplateVariables>>,
): Promise<Readonly<Record<Name, Rendering | undefined>>> {
  const names = Object.keys(probes) as Name[]
  const renderings = await renderer.render(names.map((name) => probes[name]))
  return Object.fromEntries(names.map((name, i) => [name, renderings[i]])) as Record<
    Name,
    Rendering | undefined
  >
}
