import {
  type LeakedCall,
  type Roster,
  argumentsOf,
  parseBroken,
  parseJson,
  parsePython,
  registered,
  verdict,
} from './leaked-json.ts'
import { parseParameters, parseTagged } from './leaked-xml.ts'
import { parsedJson } from '../lib/parsed-json.ts'

/** How far a text is looked into before it is settled whether it is a call, in characters. */
export const LOOKAHEAD = 512

/** The beginning of a call: where its body starts, how it ends and how it is read. */
export interface Opening {
  /** Characters before the body. */
  readonly body: number
  /** What ends the body; absent where it is one JSON value, which ends itself. */
  readonly until?: string
  /** Whether it counts only as the end of the answer, as a bare or fenced call does. */
  readonly isLast?: boolean
  /** Whether it may be followed by another JSON call, without a mark of its own. */
  readonly isRun?: boolean
  /** The calls of the body; undefined where it is none after all. A broken body ends where JSON cannot go on. */
  readonly parse: (body: string, isBroken: boolean) => readonly LeakedCall[] | undefined
}

/** What may follow a mark, judged on a text that may go on: an opening, nothing, or wait for more. */
export type Judge = (rest: string, roster: Roster) => Opening | 'wait' | undefined

/** A name, with what may stand around it, before the JSON of its arguments. */
const named =
  (head: RegExp, isWhole: RegExp): Judge =>
  (rest, roster) => {
    const found = head.exec(rest)
    // A head that has its brace and does not fit never will.
    if (!found) return isWhole.test(rest) ? undefined : 'wait'
    const name = registered(found.groups?.name ?? '', roster)
    if (name === undefined) return undefined
    const id = found.groups?.id
    return {
      body: found[0].length,
      parse: (body) => [{ name, arguments: argumentsOf(body), ...(id && { id }) }],
    }
  }

/** JSON that names its tool itself; what a tag announces is lifted even where the JSON is broken. */
const json: Judge = (rest, roster) => {
  const start = rest.search(/\S/)
  if (start < 0) return 'wait'
  const say = /^[[{]/.test(rest.slice(start)) ? verdict(rest.slice(start), roster) : 'no'
  if (say !== 'yes') return say === 'wait' ? 'wait' : undefined
  return {
    body: start,
    isRun: true,
    parse: (body, isBroken) =>
      (isBroken ? undefined : parseJson(body, roster, false)) ?? parseBroken(body, roster),
  }
}

/** Hermes and Qwen write JSON, Qwen3-Coder `<function=…>`, GLM `name<arg_key>…` between the same tags. */
const toolCall: Judge = (rest, roster) => {
  const tagged = /^\s*(?:<function=([^<>\s]+)>|([\w.-]+)\s*(?:<arg_key>|<\/tool_call>))/.exec(rest)
  if (tagged) {
    if (!registered(tagged[1] ?? tagged[2] ?? '', roster)) return undefined
    return { body: 0, until: '</tool_call>', parse: (body) => parseTagged(body, roster) }
  }
  return /^\s*(?:<[a-z]*=?[^<>\s]*|[\w.-]+\s*(?:<[a-z_/]*)?)?$/.test(rest) ? 'wait' : json(rest, roster)
}

/** Mistral: an array, or since its v11 tokenizer `name[CALL_ID]id[ARGS]{…}`; the marks are special tokens that a server may drop. */
const mistral: Judge = (rest, roster) =>
  /^\s*(?:[[{]|$)/.test(rest) ? json(rest, roster) : mistralNamed(rest, roster)
const mistralNamed = named(
  /^\s*(?<name>[\w.-]+)\s*(?:\[CALL_ID\](?<id>\w+)\s*)?(?:\[ARGS\])?\s*(?=\{)/,
  /^(?!\s*[\w.-]+\s*(?:\[[A-Z_]*(?:\]\w*\s*(?:\[[A-Z]*\]?)?)?)?\s*$)/,
)

const deepseek = named(
  /^\s*(?:<｜tool▁call▁begin｜>)?\s*(?:function<｜tool▁sep｜>)?(?<name>[\w.-]+)\s*(?:<｜tool▁sep｜>)?\s*(?:```json\s*)?(?=\{)/,
  /\{/,
)

const kimi = named(
  /^\s*(?:<\|tool_call_begin\|>)?\s*(?<name>[\w.-]+)(?::\d+)?\s*<\|tool_call_argument_begin\|>\s*(?=\{)/,
  /\{/,
)

/** Llama 3.1 and Functionary: `<function=name>{…}</function>`; Qwen3-Coder without its outer tag: `<parameter=…>`. */
const functionTag =
  (name: string): Judge =>
  (rest, roster) => {
    const start = rest.search(/\S/)
    const next = rest.slice(Math.max(start, 0))
    if (next.startsWith('{'))
      return { body: start, parse: (body) => [{ name, arguments: argumentsOf(body) }] }
    const isTagged = /^<(?:parameter=|\/function>)/.test(next)
    if (isTagged)
      return { body: 0, until: '</function>', parse: (body) => [parseParameters(name, body, roster)] }
    return ['<parameter=', '</function>'].some((tag) => tag.startsWith(next)) || start < 0
      ? 'wait'
      : undefined
  }

/** Functionary's recipient on a line of its own: too plain a mark for JSON that cannot be used. */
const recipient =
  (name: string): Judge =>
  (rest) => {
    const start = rest.search(/\S/)
    if (start < 0) return 'wait'
    if (rest[start] !== '{') return undefined
    return {
      body: start,
      parse: (body, isBroken) =>
        isBroken || parsedJson(body) === undefined ? undefined : [{ name, arguments: body }],
    }
  }

/** JSON that is the whole answer, or its end. */
const last: Judge = (rest, roster) => {
  const opening = json(rest, roster)
  if (opening === undefined || opening === 'wait') return opening
  return {
    ...opening,
    isLast: true,
    parse: (body, isBroken) => (isBroken ? undefined : parseJson(body, roster, true)),
  }
}

const FENCE_END = '\n```'

/** A fenced JSON call, or in Gemma's `tool_code` a Python one. */
const fenced: Judge = (rest, roster) => {
  const code = /^\s*(?:\[\s*)?(?:print\(\s*)?([A-Za-z_][\w.-]*)?(\()?/.exec(rest)
  if (code?.[2] && registered(code[1] ?? '', roster)) {
    return { body: 0, until: FENCE_END, isLast: true, parse: (body) => parsePython(inFence(body), roster) }
  }
  if (code?.[0] === rest) return 'wait'
  return fencedJson(rest, roster)
}
const fencedJson: Judge = (rest, roster) => {
  const opening = last(rest, roster)
  if (opening === undefined || opening === 'wait') return opening
  return { body: 0, until: FENCE_END, isLast: true, parse: (body) => parseJson(inFence(body), roster, true) }
}
const inFence = (body: string): string => body.replace(/`{3,}[ \t]*$/, '')

/** The JSON that may begin an answer. */
export const bare: Judge = last
/** The JSON that may follow a call of a form that writes several. */
export const again: Judge = json

/** Marks that stand after a call and mean nothing else there. */
export const CLOSERS: readonly string[] = [
  '</tool_call>',
  '</tool_calls>',
  '</tools>',
  '</function_call>',
  '</function>',
  '<|/tool_call|>',
  '<|eom_id|>',
  '<|eot_id|>',
  '<|im_end|>',
  '</s>',
  '<｜tool▁call▁end｜>',
  '<｜tool▁calls▁end｜>',
  '<｜end▁of▁sentence｜>',
  '<|tool_call_end|>',
  '<|tool_calls_section_end|>',
  '```<｜tool▁call▁end｜>',
]

/** The marks that begin a call anywhere in an answer, those for fences only at the start of a line. */
export function marksOf({ names }: Roster): ReadonlyMap<string, Judge> {
  return new Map<string, Judge>([
    ['<tool_call>', toolCall],
    ['<tools>', json],
    ['<function_call>', json],
    ['<|tool_call|>', json],
    ['<|python_tag|>', json],
    ['[TOOL_CALLS]', mistral],
    ['<｜tool▁calls▁begin｜>', deepseek],
    ['<｜tool▁call▁begin｜>', deepseek],
    ['<|tool_calls_section_begin|>', kimi],
    ['<|tool_call_begin|>', kimi],
    ['```tool_code\n', fenced],
    ['```tool_call\n', fencedJson],
    ['```json\n', fencedJson],
    ['```\n', fencedJson],
    ...[...names].flatMap((name): [string, Judge][] => [
      [`<function=${name}>`, functionTag(name)],
      [`>>>${name}\n`, recipient(name)],
    ]),
  ])
}

/** The names that may begin an answer: Functionary's prompt ends in the `>>>` of the first recipient. */
export const recipientsOf = ({ names }: Roster): ReadonlyMap<string, Judge> =>
  new Map([...names].map((name) => [`${name}\n`, recipient(name)]))
