import type { Delta } from '../core/delta.ts'
import { LeakedCalls } from '../dialects/leaked-calls.ts'
import { JsonScan } from '../dialects/leaked-json.ts'
import { isObject } from '../lib/merge.ts'
import { MARK, PROBE_TOOL } from './template-probes.ts'
import { parsedJson } from '../lib/parsed-json.ts'

/** How a chat template writes a tool call into the text of an answer. Only what `LeakedCalls` can read back is ever offered. */
export interface ToolSyntax {
  /** What stands before the call; may be empty. */
  readonly open: string
  /** What stands after it; may be empty. */
  readonly close: string
  /** Between them: JSON with `name` and `arguments`, with `name` and `parameters`, or something of its own. */
  readonly form: 'json-arguments' | 'json-parameters' | 'other'
  /** For `other`, whose parts repeat with each argument: a whole call, with the placeholders TOOL_NAME, ARGUMENT_NAME and VALUE. */
  readonly prompt?: string
}

/** Renderings of one template that differ in their last turn only. */
export interface Rendered {
  /** Ends where the answer begins. */
  readonly opened: string | undefined
  /** Ends with an answer in words. */
  readonly answered: string | undefined
  /** Ends with an answer that calls a tool. */
  readonly called: string
}

/** Ends of turns, which a server cuts off. */
const TURN_END =
  /(?:\s*(?:<[|｜](?:eot_id|eom_id|im_end|end|return|call|endoftext|end▁of▁sentence|end_of_text|END_OF_TURN_TOKEN)[|｜]>|<\/s>|<end_of_turn>))+\s*$/
/** A place for thoughts that none had. */
const NO_THOUGHTS = /^\s*<think>\s*<\/think>\s*/

/** The syntax of the call in a rendering; undefined where there is none, or none that can be read back. */
export function syntaxOf(rendered: Rendered): ToolSyntax | undefined {
  const answer = answerOf(rendered)
  if (!answer.includes(MARK.tool) || !answer.includes(MARK.value)) return undefined
  const json = jsonIn(answer)
  if (json) {
    const { from, to, key } = json
    const syntax = {
      open: answer.slice(0, from),
      close: answer.slice(to),
      form: key === 'arguments' ? 'json-arguments' : 'json-parameters',
    } as const
    const call = JSON.stringify({ name: MARK.tool, [key]: { [MARK.key]: MARK.value } })
    return canBeRead(syntax.open + call + syntax.close) ? syntax : undefined
  }
  if (!canBeRead(answer)) return undefined
  const end = [MARK.tool, MARK.key, MARK.value].map((word) => answer.lastIndexOf(word) + word.length)
  return {
    open: answer.slice(0, answer.indexOf(MARK.tool)),
    close: answer.slice(Math.max(...end)),
    form: 'other',
    prompt: answer
      .replaceAll(MARK.tool, 'TOOL_NAME')
      .replaceAll(MARK.key, 'ARGUMENT_NAME')
      .replaceAll(MARK.value, 'VALUE'),
  }
}

/** What the model itself would have written, without the marks of the turn around it. */
function answerOf({ opened, answered, called }: Rendered): string {
  const at = answered?.lastIndexOf(MARK.answer) ?? -1
  const before = at < 0 ? '' : (answered?.slice(0, at) ?? '')
  const after = at < 0 ? '' : (answered?.slice(at + MARK.answer.length) ?? '')
  const start =
    opened !== undefined && called.startsWith(opened) ? opened.length : sharedStart(before, called)
  const rest = called.slice(start)
  const call = after !== '' && rest.endsWith(after) ? rest.slice(0, rest.length - after.length) : rest
  return call.replace(TURN_END, '').replace(NO_THOUGHTS, '').trim()
}

/** How many characters two texts have in common at their start. */
export function sharedStart(one: string, other: string): number {
  let length = 0
  while (length < one.length && length < other.length && one[length] === other[length]) length++
  return length
}

/** Where the JSON of the call stands that names its tool itself. */
function jsonIn(
  text: string,
): { readonly from: number; readonly to: number; readonly key: 'arguments' | 'parameters' } | undefined {
  for (let from = text.indexOf('{'); from >= 0; from = text.indexOf('{', from + 1)) {
    const length = new JsonScan().feed(text.slice(from), 0)
    const value = length < 0 ? undefined : parsedJson(text.slice(from, from + length))
    if (!isObject(value) || value.name !== MARK.tool) continue
    const key = (['arguments', 'parameters'] as const).find((one) => isObject(value[one]))
    if (key) return { from, to: from + length, key }
  }
  return undefined
}

/** Whether the call, and nothing else, is found in an answer of this text. */
function canBeRead(answer: string): boolean {
  const out: Delta[] = []
  const calls = new LeakedCalls(new Set([MARK.tool]), [PROBE_TOOL])
  calls.push(answer, out)
  calls.end(out)
  const [call, more] = out.filter((delta) => delta.type === 'tool-call')
  const input = parsedJson(call?.arguments ?? '')
  return (
    more === undefined &&
    isObject(input) &&
    input[MARK.key] === MARK.value &&
    out.every((delta) => delta.type === 'tool-call' || (delta.type === 'text' && delta.text.trim() === ''))
  )
}
