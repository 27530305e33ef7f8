import type { ChatRequest } from '../core/request.ts'
import { imagesIn } from './images-in.ts'
import type { Lesson } from './lesson.ts'
import type { Refused } from './refused.ts'

// What is refused here is the form of the messages: roles, their order, lists where strings are wanted, pictures.

/** Mistral's servers: "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9." */
const NINE = /tool.?call.?id.{0,120}length of 9/is
/** Gemma 2's template: "System role not supported"; Gemini: "Developer instruction is not enabled for models/gemma-3-27b-it". */
const NO_SYSTEM =
  /(?:system|developer) (?:role|messages?|prompts?|instructions?)\W{0,3}[^."]{0,40}(?:not|n't) (?:be )?(?:support|allow|enabl|accept)|unsupported[^."]{0,20}system|not support[^."]{0,30}system|only (?:supports? )?user(?:,| and) (?:and )?assistant|role\W{1,3}system\W{1,3}(?:is )?not/i
/** Mistral's templates, which know a system role, begin with "After the optional system message". */
const ALTERNATE = /roles? must alternate|must alternate (?:between )?user|alternate user\/assistant/i
/** Templates that know no role for the results of tools say so in the words for the system role. */
const TWO_ROLES = /only (?:supports? )?user(?:,| and) (?:and )?assistant/i
/** Groq: "property 'name' is unsupported" inside a message. */
const NO_NAMES = /property .?name.? is unsupported|messages[^ ]{0,12}\.name\b/i
const WANTS_TEXT =
  /content[^"]{0,60}(?:must be|expected|should be|to be|is not) (?:a |of type )?(?:valid )?str(?:ing)?\b|invalid type: sequence, expected a string|concatenate str \(not "?list/i
const WANTS_PARTS =
  /content[^"]{0,60}(?:must be|expected|should be|to be) (?:an? |of type )?(?:valid )?(?:list|array|sequence)|(?:messages\[\d+\]|content)[^,"]{0,40}: invalid type: string [^,]{0,80}, expected a sequence/i
const NO_FETCH =
  /(?:fetch|download|load|retriev|open)\w* (?:the |from |file )*['"<]?https?:|(?:fetch|download|load|retriev|access|resolv|open)\w*[^."]{0,60}(?:image|picture|url|uri)|(?:image|picture|url|uri)s?\b[^."]{0,80}(?:fetch|download|unreachable|base64|data:? ?ur[il]|inline)/i
/**
 * OpenAI: "image_url is only supported by certain models"; vLLM: "At most 0 image(s) may be provided"; Ollama: "this model is missing data
 * required for image input"; OpenRouter: "No endpoints found that support image input".
 */
const NO_IMAGES =
  /image_url is only supported|at most 0 image|missing data required for image|endpoints found that support image|(?:image|vision|multi-?modal|image_url)\w*[^."]{0,60}(?:not (?:be )?(?:a |an )?(?:support|accept|enabl|allow|multi)|unsupported|mmproj)|(?:not (?:a |an )?(?:support|multi-?modal|vision)|unsupported|unknown variant|no support|cannot (?:process|read|see))\w*[^."]{0,60}(?:image|vision|multi-?modal|picture)|not a multi-?modal/i

/** What is wrong with a picture itself: "You uploaded an unsupported image. Please make sure your image is of one the following formats". */
const BAD_IMAGE =
  /unsupported image[.:]|image (?:\w+ )?(?:format|type|file)|(?:following|supported) (?:image )?formats|mime|invalid_image|image_parse/i

/** A lesson about the form of the messages. */
export function shapeLesson({ text, fitted }: Refused): Lesson | undefined {
  const { request, quirks } = fitted
  const images = imagesIn(request.turns)
  if (NINE.test(text) && quirks.toolCallIds !== 'nine')
    return {
      capabilities: { toolCallIds: 'nine' },
      adjustment: {
        type: 'field',
        name: 'tool_call_id',
        message: 'ids of tool calls were sent as nine letters and digits: the server takes no others',
      },
    }
  if (images.some(({ url }) => url !== undefined) && NO_FETCH.test(text))
    return { capabilities: { imageUrls: 'inline' } }
  const isBlind = (NO_IMAGES.test(text) && !BAD_IMAGE.test(text)) || WANTS_TEXT.test(text)
  if (images.length > 0 && isBlind) return { capabilities: { images: false } }
  if (request.system && (NO_SYSTEM.test(text) || (ALTERNATE.test(text) && !/optional system/i.test(text))))
    return { capabilities: { system: 'fold' } }
  // Templates that know two roles only take no third for results.
  if ((ALTERNATE.test(text) || TWO_ROLES.test(text)) && hasResults(request))
    return { capabilities: { toolsRefused: ['native'] } }
  if (NO_NAMES.test(text) && quirks.resultNames !== false) return { capabilities: { resultNames: false } }
  if (WANTS_PARTS.test(text) && quirks.content !== 'parts')
    return { capabilities: { content: 'parts' }, adjustment: spelled('lists of parts') }
  if (WANTS_TEXT.test(text) && quirks.content === 'parts')
    return { capabilities: { content: 'text' }, adjustment: spelled('strings') }
  return undefined
}

const spelled = (how: string) =>
  ({
    type: 'content',
    name: 'content',
    message: `the contents of messages were sent as ${how}: the server takes nothing else`,
  }) as const

const hasResults = ({ turns }: ChatRequest): boolean =>
  turns.some(({ contents }) => contents.some(({ type }) => type === 'tool-result'))
