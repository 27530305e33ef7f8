import { type Capabilities, SCHEMA_WAYS, type SchemaWay, schemaWay, toolsWay } from './capabilities.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Lesson } from './lesson.ts'
import { COMPLAINT, type Refused, placeOf } from './refused.ts'

// What is refused here can be asked for in another way: tools, a demand for one, data in a form.

/**
 * vLLM: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'; llama-server: "tools param requires
 * --jinja flag"; novita: "model features function calling not support"; Ollama: "does not support tools"; OpenRouter: "No endpoints found
 * that support tool use".
 */
const TOOLS =
  /endpoints found that support tool|--enable-auto-tool-choice|--tool-call-parser|--jinja|\b(?:tools?|functions?)\b(?:[ _-]?(?:call(?:ing|s)?|use))?[^."]{0,60}(?:not (?:be )?support|unsupported|not (?:available|enabled|allowed)|disabled)|(?:not support|unsupported|does not (?:have|accept))[^."]{0,60}\b(?:tools?|functions?)\b/i

const FORMAT =
  /response_format|output_config\.format|text\.format|json_schema|json schema|json_object|json mode|structured[ _]output|guided|grammar/i
/** What is wrong with a schema itself, which is for the caller to read: "Invalid schema for response_format", "JSON schema error at #". */
const BAD_SCHEMA =
  /invalid (?:json )?schema|schema error|schema (?:is|was) (?:not valid|invalid)|failed to parse grammar/i
/** Fields that a caller puts into the body by hand, and that are refused for themselves: "Unexpected fields: {'grammar'}". */
const BY_HAND = ['grammar', 'guided_json', 'guided_grammar', 'guided_regex', 'guided_choice']

/** How novita names what it takes: "does not support 'json_schema' response format. Supported formats: json_object." */
const ONLY_OBJECT = /support\w*[^.:]{0,40}formats?[^:]{0,10}:[^.]*json_object(?![^.]*json_schema)/i

/** A lesson about the way in which tools or data were asked for. */
export function wayLesson(refused: Refused): Lesson | undefined {
  return strictLesson(refused) ?? formatLesson(refused) ?? toolsLesson(refused)
}

function toolsLesson({ text, fitted }: Refused): Lesson | undefined {
  const { tools, toolChoice: choice } = fitted.request
  if (!tools?.length) return undefined
  // What is said of tool_choice is not said of tools.
  const ofTools = text.replaceAll(/tool[_ ]?choice/gi, 'choice')
  const isOfTools =
    TOOLS.test(choice === undefined ? text : ofTools) ||
    TOOLS.test(/--[\w-]+/.test(text) ? text : '') ||
    (placeOf(ofTools, 'tools') >= 0 &&
      COMPLAINT.test(text) &&
      !/tools?\W{0,3}(?:must|should|cannot|id)/i.test(ofTools))
  if (isOfTools) return { capabilities: { toolsRefused: ['native'] } }
  const isDemand = choice !== undefined && choice !== 'auto' && choice !== 'none'
  return isDemand && /tool[_ ]?choice/i.test(text) ? { capabilities: { toolChoice: 'auto' } } : undefined
}

function strictLesson({ text, fitted }: Refused): Lesson | undefined {
  const isSent = fitted.request.schema !== undefined && fitted.quirks.strict !== false
  return isSent && /\bstrict\b/.test(text) && COMPLAINT.test(text)
    ? { capabilities: { strict: false } }
    : undefined
}

function formatLesson({ text, sent, fitted }: Refused): Lesson | undefined {
  if (!fitted.request.schema || !FORMAT.test(text) || BAD_SCHEMA.test(text)) return undefined
  if (BY_HAND.some((name) => name in sent && placeOf(text, name) >= 0)) return undefined
  if (fitted.reading === 'form') return { capabilities: { toolsRefused: ['schema'] } }
  return { capabilities: { schemaRefused: refusedWays(text, fitted.quirks.schemaSpelling ?? 'json-schema') } }
}

function refusedWays(text: string, way: SchemaWay): readonly SchemaWay[] {
  if (ONLY_OBJECT.test(text) && way !== 'json-object')
    return SCHEMA_WAYS.slice(0, SCHEMA_WAYS.indexOf('json-object'))
  // Where the whole field is unknown, no spelling of it is taken.
  const isField =
    /(?:unexpected|unknown|unrecogni[sz]ed|extra)[^.]{0,40}response_format|response_format[^.]{0,30}(?:not supported|unsupported|not permitted|unexpected)/i
  if (isField.test(text) && !/json_schema|json_object/.test(text.replaceAll('response_format', '')))
    return SCHEMA_WAYS.slice(0, SCHEMA_WAYS.indexOf('tool'))
  return [way]
}

/** What an answer taught in which data was asked for and none came, though nothing was refused: from here on the model is told as well. */
export function ignoredSchema(
  known: Capabilities,
  spellings: Dialect['schemaSpellings'],
): Capabilities | undefined {
  const way = schemaWay(known, spellings)
  if (way === 'prompt') return undefined
  const until = Math.max(SCHEMA_WAYS.indexOf('json-object'), SCHEMA_WAYS.indexOf(way) + 1)
  return { schemaRefused: SCHEMA_WAYS.slice(0, until) }
}

/** What an answer taught in which a tool had to be called and none was. */
export function ignoredTools(known: Capabilities): Capabilities | undefined {
  const way = toolsWay(known)
  return way === 'prompt' ? undefined : { toolsRefused: [way] }
}
