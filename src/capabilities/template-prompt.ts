import type { ToolSpec } from '../core/request.ts'
import type { Rendering } from '../lib/template-renderer.ts'
import {
  MARK,
  type TemplateTokens,
  baselineOf,
  conversation,
  openTemplate,
  renderAll,
  said,
  says,
  user,
} from './template-probes.ts'
import { type ToolSyntax, sharedStart } from './template-syntax.ts'

/** Descriptions by template and tools: a chat asks with the same ones again and again. */
const known = new Map<string, Promise<string | undefined>>()
const MOST_KNOWN = 64

/** What is known of a template already. */
export interface ToolPromptOptions extends TemplateTokens {
  /** How it writes a call, as `probeTemplate` found: a description that does not show that is of no use. */
  readonly syntax: ToolSyntax | undefined
}

/**
 * What a chat template itself tells the model about these tools, how to call them included, for a server that does not hand them to the
 * template. Undefined where that is not one piece of plain text that shows how to call: some put it in several places, or between special
 * tokens, which mean nothing in a prompt. Never fails.
 */
export function toolPrompt(
  template: string,
  tools: readonly ToolSpec[],
  { syntax, ...tokens }: ToolPromptOptions,
): Promise<string | undefined> {
  if (tools.length === 0 || !syntax) return Promise.resolve(undefined)
  const key = JSON.stringify([template, tools, tokens])
  let prompt = known.get(key)
  if (!prompt) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, (prompt = promptOf(template, tools, tokens)))
  }
  return prompt.then((text) =>
    text !== undefined && squeezed(text).includes(squeezed(syntax.open)) ? text : undefined,
  )
}

const squeezed = (text: string): string => text.replaceAll(/\s+/g, '')

async function promptOf(
  template: string,
  tools: readonly ToolSpec[],
  tokens: TemplateTokens,
): Promise<string | undefined> {
  const renderer = await openTemplate(template)
  if (!renderer) return undefined
  try {
    const { setup } = await baselineOf(renderer, tokens)
    if (!setup) return undefined
    const ask = user(setup)
    const both = [said(setup, 'system', MARK.system), ask]
    const found = await renderAll(renderer, {
      system: conversation(setup, both),
      systemTools: conversation(setup, both, { tools }),
      plain: conversation(setup, [ask]),
      plainTools: conversation(setup, [ask], { tools }),
    })
    const isPlain = (text: string): boolean => isPlainText(text, tools, tokens)
    return says(found.system, MARK.system, MARK.user)
      ? insertion(found.system, found.systemTools, isPlain)
      : insertion(found.plain, found.plainTools, isPlain)
  } finally {
    renderer.close()
  }
}

/** The one piece of text that the second rendering has more than the first. */
function insertion(
  without: Rendering | undefined,
  within: Rendering | undefined,
  isPlain: (text: string) => boolean,
): string | undefined {
  if (!without || !within || !('text' in without) || !('text' in within)) return undefined
  const [short, long] = [without.text, within.text]
  const start = sharedStart(short, long)
  const size = long.length - short.length
  if (size <= 0 || short.slice(start) !== long.slice(start + size)) return undefined
  // What stands on both sides of an insertion may be alike, as the `<` of two tags: then it may begin earlier.
  for (let at = start; at >= 0; at--) {
    const text = long.slice(at, at + size)
    if (isPlain(text)) return text.trim()
    if (at > 0 && long[at - 1] !== long[at + size - 1]) return undefined
  }
  return undefined
}

/** What only a tokenizer understands. */
const SPECIAL =
  /<[|｜]|[|｜]>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS)\]|<\/?s>|<(?:start|end)_of_turn>/
const OPEN_TAG = /<[^<>\s]*$/
const CLOSED_TAG = /^[^<>\s]*>/

function isPlainText(
  text: string,
  tools: readonly ToolSpec[],
  { bosToken, eosToken }: TemplateTokens,
): boolean {
  return (
    tools.every(({ name }) => text.includes(name)) &&
    !SPECIAL.test(text) &&
    !OPEN_TAG.test(text) &&
    !CLOSED_TAG.test(text) &&
    ![bosToken, eosToken, ...Object.values(MARK)].some((word) => word && text.includes(word))
  )
}
