import { type Facts, factsOf, personIn, placeIn, wordFor } from './facts.ts'
import { isPicture } from './picture.ts'
import { type Protocol, protocolIn, toolFor } from './prompted-protocol.ts'
import { constantsOf, namesTool, sample } from './schema-sample.ts'
import { schemaOf } from './schema-seen.ts'
import {
  type Answer,
  type Body,
  type Call,
  type Json,
  type Message,
  type SeenTool,
  isJson,
  partsOf,
  textOf,
  toolsOf,
} from './wire.ts'

/**
 * A scripted model that tells the truth about what reaches it. It answers from the body that is left after a backend's faults, so a
 * right answer proves that the system prompt, the tools, the schema, the picture or the history got through, and a wrong one that
 * they did not:
 *
 * - "ping" is answered "pong";
 * - "What is the code word?" and "What is my …?" by what was told anywhere: "the code word is heron", "My … is mango";
 * - a question with a word of a tool's name calls it, natively or in the form the prompt or the schema shows, and is answered with
 *   the result's words once there is one;
 * - a picture is described as "I see a red square", and "no image" says that none came;
 * - with a schema in sight the answer is JSON that fits it, filled with what was told; without one it is prose.
 */
export function truthfulAnswer(body: Body): Answer {
  const question = questionOf(body.messages)
  const results = resultsIn(body.messages, question.at)
  const facts = factsOf(body, question.text, results)
  const { tool_choice: choice } = body
  const tools = choice === 'none' ? [] : toolsOf(body)
  const prose = proseFor(question.text, facts, body.messages[question.at])
  const forced = forcedTool(choice, tools, question.text, results)
  if (forced) return calling(forced, facts, prose)
  const schema = schemaOf(body)
  const prompt = promptOf(body.messages)
  const choose = (from: readonly SeenTool[]): SeenTool | undefined =>
    results.length > 0 ? undefined : (demandedIn(prompt, from) ?? toolFor(question.text, from))
  const wanted = choose(tools)
  if (wanted) return calling(wanted, facts, prose)
  // A server that holds the model to a form lets it write nothing else, so a protocol in the prompt is for free text only.
  const protocol = schema?.isEnforced ? undefined : protocolIn(prompt)
  const told = protocol && choose(protocol.tools)
  if (protocol && told) return said(protocol.form.write(callOf(told, facts, prose)))
  if (!schema) return said(prose)
  return said(JSON.stringify(dataFor(schema.schema, question.text, facts, prose, protocolIn(prompt))))
}

const said = (text: string): Answer => ({ text, calls: [] })

const calling = (tool: SeenTool, facts: Facts, prose: string): Answer => ({
  text: '',
  calls: [callOf(tool, facts, prose)],
})

const callOf = ({ name, parameters }: SeenTool, facts: Facts, prose: string): Call => {
  const input = parameters
    ? sample(parameters, { facts, prose, tools: [] })
    : { city: placeIn(facts) ?? prose }
  return { name, arguments: isJson(input) ? input : {} }
}

/** The tool that must be called: the one named, or with `required` the one asked about or else the first. */
function forcedTool(
  choice: unknown,
  tools: readonly SeenTool[],
  question: string,
  results: readonly string[],
): SeenTool | undefined {
  if (choice === 'required') return toolFor(question, tools) ?? tools[0]
  const named = isJson(choice) && isJson(choice.function) ? choice.function.name : undefined
  // Some hosts hold on to a named choice, but a model that has its result has nothing to call.
  return results.length > 0 && !tools.some(({ name }) => name === named)
    ? undefined
    : tools.find(({ name }) => name === named)
}

/** The tool that the words of a prompt demand: "You must call the tool x", "Give it by calling x", "You must call a tool". */
function demandedIn(prompt: string, tools: readonly SeenTool[]): SeenTool | undefined {
  const demand =
    /\bmust (?:now )?(?:call|use) (?:(?:the|a|one) )?(?:(?:tool|function)\b ?)?[`"']?([\w-]*)/i.exec(
      prompt,
    ) ?? /\bby calling (?:the )?(?:(?:tool|function) )?[`"']?([\w-]+)/i.exec(prompt)
  if (!demand) return undefined
  return (
    tools.find(({ name }) => name === demand[1]) ??
    (/\ba (?:tool|function)/i.test(demand[0]) ? tools[0] : undefined)
  )
}

/** Data for a schema; where the schema has room for calls, a call if the question wants one and there is no result. */
function dataFor(
  schema: Json,
  question: string,
  facts: Facts,
  prose: string,
  protocol: Protocol | undefined,
): unknown {
  const names = constantsOf(schema).filter(
    (name) => /[a-z][_A-Z-]|_/.test(name) || protocol?.tools.some((tool) => tool.name === name),
  )
  const forms = names.filter((name) => namesTool(schema, [name], schema)).map((name) => ({ name }))
  const tool = facts.results.length > 0 ? undefined : toolFor(question, forms)?.name
  return sample(schema, { facts, prose, tool, tools: names })
}

interface Question {
  readonly text: string
  /** Its place among the messages. */
  readonly at: number
}

const ASKING = /\?|\bping\b|\bdescribe\b|\bextract\b/i

/** The newest thing that the user asked: not what a tool gave, nor a wish about form. */
function questionOf(messages: readonly Message[]): Question {
  const at = messages.findLastIndex((message) => message.role === 'user' && ASKING.test(textOf(message)))
  const place = at >= 0 ? at : messages.findLastIndex(({ role }) => role === 'user')
  const message = messages[place]
  const text = message ? textOf(message) : ''
  // Folded into one turn, a system prompt stands before the question and a form after it: the question's own sentence counts.
  const sentences = text.split(/(?<=[?.!])\s+|\n+/).filter((sentence) => ASKING.test(sentence))
  return { text: sentences.at(-1) ?? text, at: place }
}

const promptOf = (messages: readonly Message[]): string =>
  messages
    .filter(({ role }) => role === 'system' || role === 'developer' || role === 'user')
    .map(textOf)
    .join('\n')

/** What tools gave since the question: in a tool's message, or told by the user after a call in text. */
function resultsIn(messages: readonly Message[], since: number): readonly string[] {
  const later = messages.slice(since + 1)
  return later.flatMap((message, i) => {
    if (message.role === 'tool') return [textOf(message)]
    const before = later.slice(0, i).some(({ role }) => role === 'assistant')
    const text = message.role === 'user' && before ? textOf(message) : ''
    return isToldResult(text) ? [bare(text)] : []
  })
}

const isToldResult = (text: string): boolean =>
  /<\/?\w*(?:response|result|output)\w*>|\b(?:result|response|output|gave|returned|answered)\b/i.test(text)

/** A told result without the words and tags around it. */
function bare(text: string): string {
  const tagged = /<(\w*(?:response|result|output)\w*)[^>]*>\s*([\s\S]*?)\s*<\/\1>/i.exec(text)
  if (tagged?.[2]) return tagged[2]
  return (
    /(?:result|response|output|gave|returned|answered)[^:\n]{0,80}:\s*([\s\S]+)/i.exec(text)?.[1]?.trim() ??
    text
  )
}

function proseFor(question: string, facts: Facts, asked: Message | undefined): string {
  const result = facts.results.at(-1)
  if (result !== undefined) return `The tool says: ${result}`
  if (/\bping\b/i.test(question)) return 'pong'
  if (/\b(?:image|picture|photo|see)\b/i.test(question)) return pictureProse(asked)
  const key = /\bwhat(?: is|['’]s) (?:my|the|our) ([\w -]+?)(?: in .*)?\?/i.exec(question)?.[1]
  if (key && !/weather|time\b/i.test(key)) return wordFor(key, facts.told) ?? `no ${key}`
  const topic = /\b(weather|time)\b/i.exec(question)?.[1]
  if (topic) return `I cannot look up the ${topic.toLowerCase()} from here.`
  const person = personIn(facts)
  return person ? `That is ${person}.` : 'I have nothing to say to that.'
}

function pictureProse(asked: Message | undefined): string {
  const images = (asked ? partsOf(asked) : []).filter(({ type }) => type === 'image_url')
  if (images.length === 0) return 'no image'
  return images.every((part) => isPicture(part)) ? 'I see a red square' : 'I see a broken image'
}
