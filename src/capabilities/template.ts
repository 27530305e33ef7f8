import type { Rendering, TemplateRenderer, TemplateVariables } from '../lib/template-renderer.ts'
import {
  type Baseline,
  MARK,
  type Message,
  PROBE_TOOL,
  type Setup,
  type TemplateTokens,
  baselineOf,
  conversation,
  openTemplate,
  renderAll,
  said,
  says,
  user,
} from './template-probes.ts'
import { type ToolSyntax, syntaxOf } from './template-syntax.ts'

/** What a model's chat template takes; undefined is unknown. */
export interface TemplateFacts {
  /** A system prompt is rendered, raises an error, or vanishes without a word. */
  readonly system: 'role' | 'refused' | 'dropped' | undefined
  /** Tools are shown to the model. */
  readonly tools: boolean | undefined
  /** How it writes a call, where that can be read back. */
  readonly toolSyntax?: ToolSyntax
  /** Neighbouring turns of one role are refused, or one of them vanishes. */
  readonly alternates: boolean | undefined
  /** What the content of a message may be: a string, a list of typed parts, or either. */
  readonly content: 'text' | 'parts' | 'both' | undefined
  /** Calls and their results are rendered where they happened. */
  readonly toolHistory: boolean | undefined
}

/** Nothing known. */
const UNKNOWN: TemplateFacts = {
  system: undefined,
  tools: undefined,
  alternates: undefined,
  content: undefined,
  toolHistory: undefined,
}

/**
 * What a Jinja chat template takes, found by rendering small conversations and looking for their words in the prompt. A template is a
 * stranger's program, so it runs in a process with little time and memory; what it was not done with is unknown. Never fails.
 * https://huggingface.co/docs/transformers/chat_templating
 */
export async function probeTemplate(template: string, tokens: TemplateTokens = {}): Promise<TemplateFacts> {
  const renderer = await openTemplate(template)
  if (!renderer) return UNKNOWN
  try {
    return await probe(renderer, await baselineOf(renderer, tokens))
  } finally {
    renderer.close()
  }
}

/** Ways in which a call is handed to templates; each of them is the only one that some template takes. */
const CALLS: readonly Message[] = [
  { content: '', arguments: { [MARK.key]: MARK.value } },
  { content: null, arguments: { [MARK.key]: MARK.value } },
  { arguments: { [MARK.key]: MARK.value } },
  { content: '', arguments: JSON.stringify({ [MARK.key]: MARK.value }) },
  { content: null, arguments: JSON.stringify({ [MARK.key]: MARK.value }) },
]

async function probe(renderer: TemplateRenderer, { setup, content }: Baseline): Promise<TemplateFacts> {
  if (!setup) return UNKNOWN
  const ask = user(setup)
  const system = said(setup, 'system', MARK.system)
  const answer = said(setup, 'assistant', MARK.answer)
  const tools = [PROBE_TOOL]
  const found = await renderAll(renderer, {
    system: conversation(setup, [system, ask]),
    pair: conversation(setup, [ask, said(setup, 'user', MARK.second)]),
    tools: conversation(setup, [ask], { tools }),
    systemTools: conversation(setup, [system, ask], { tools }),
    opened: conversation(setup, [ask]),
    answered: conversation(setup, [ask, answer], { isOpen: false }),
    answeredTools: conversation(setup, [ask, answer], { tools, isOpen: false }),
  })
  const calls = CALLS.map((call) => messageOf(call))
  const results = await renderer.render(
    calls.map((call) => conversation(setup, [ask, call, resultIn(setup)], { tools })),
  )
  const last = { isOpen: false }
  const called = await renderer.render(
    calls.map((call) => conversation(setup, [ask, call], { tools, ...last })),
  )
  const calledPlain = await renderer.render(calls.map((call) => conversation(setup, [ask, call], last)))
  const toolSyntax =
    firstSyntax(called, found.tools, found.answeredTools) ??
    firstSyntax(calledPlain, found.opened, found.answered)
  return {
    system: systemIn(found.system),
    tools: toolsIn(found.tools, found.systemTools),
    ...(toolSyntax && { toolSyntax }),
    alternates: found.pair && !says(found.pair, MARK.user, MARK.second),
    content,
    toolHistory: results.some(Boolean)
      ? results.some((result) => says(result, MARK.value, MARK.result))
      : undefined,
  }
}

function systemIn(rendering: Rendering | undefined): TemplateFacts['system'] {
  if (rendering === undefined) return undefined
  if ('refusal' in rendering) return 'refused'
  if (!says(rendering, MARK.user)) return undefined
  return says(rendering, MARK.system) ? 'role' : 'dropped'
}

function toolsIn(...renderings: readonly (Rendering | undefined)[]): boolean | undefined {
  if (renderings.some((rendering) => says(rendering, MARK.tool))) return true
  return renderings.every((rendering) => rendering === undefined) ? undefined : false
}

function firstSyntax(
  called: readonly (Rendering | undefined)[],
  opened: Rendering | undefined,
  answered: Rendering | undefined,
): ToolSyntax | undefined {
  for (const rendering of called) {
    const text = textOf(rendering)
    const syntax =
      text === undefined
        ? undefined
        : syntaxOf({ called: text, opened: textOf(opened), answered: textOf(answered) })
    if (syntax) return syntax
  }
  return undefined
}

const textOf = (rendering: Rendering | undefined): string | undefined =>
  rendering && 'text' in rendering ? rendering.text : undefined

/** Nine letters and digits: Mistral's templates refuse any other id of a call. */
const ID = 'qx1234567'

const messageOf = ({ arguments: input, ...rest }: Message): Message => ({
  role: 'assistant',
  ...rest,
  tool_calls: [{ id: ID, type: 'function', function: { name: MARK.tool, arguments: input } }],
})

const resultIn = (setup: Setup): TemplateVariables => ({
  ...said(setup, 'tool', MARK.result),
  tool_call_id: ID,
  name: MARK.tool,
})
