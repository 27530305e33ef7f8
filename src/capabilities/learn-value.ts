import type { Capabilities } from './capabilities.ts'
import type { Lesson } from './lesson.ts'
import { COMPLAINT, type Refused } from './refused.ts'

// What is refused here is a value: the field is taken, within limits.

/** TGI: "`temperature` must be strictly positive". */
const POSITIVE =
  /temperature\W{0,3}[^."]{0,40}(?:strictly positive|positive|greater than 0|> ?0|non-?zero|cannot be (?:0|zero)|>= ?0\.0*[1-9])/i
/** Anthropic: "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium." */
const EFFORT = /\beffort\b|reasoning_?effort/i
/** TGI: "`inputs` tokens + `max_new_tokens` must be <= 1512": with another prompt it is another limit. */
const SUM = /tokens\W{0,3}\+/
/**
 * Anthropic: "max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens"; DeepSeek: "the valid range of max_tokens is
 * [1, 8192]"; Bedrock: "The maximum tokens you requested exceeds the model limit of 8192".
 */
const MOST =
  /(?:> ?(?=\d+, which is the max)|range [^[]{0,40}\[\d+,|<=|≤|at most|up to|no more than|less than or equal to|(?:greater|larger|more|longer) than|maximum(?: value| length| number| of| is|:)*|max(?:imum)? (?:\w+ )?(?:is|of)|limit(?:ed)? (?:is|of|to)|exceeds?[^\d.]{0,40})\D{0,20}(\d+)/i
const LIMIT = /max\w*[_ ]?tokens|output tokens/i
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The smallest temperature that differs from 0 for all servers that round it. */
const NEARLY_ZERO = 0.01

/** A lesson about the value of a parameter. */
export function valueLesson({ text, fitted }: Refused): Lesson | undefined {
  const {
    temperature,
    stopSequences: stop,
    maxTokens: limit,
    reasoningEffort: effort,
  } = fitted.request.params
  const known = (capabilities: Capabilities): Lesson => ({ capabilities })
  if (temperature === 0 && POSITIVE.test(text)) return known({ minTemperature: NEARLY_ZERO })
  const most = Number(MOST.exec(text)?.[1])
  if (stop && /\bstop/i.test(text) && most > 0 && most < stop.length) return known({ maxStops: most })
  if (limit !== undefined && LIMIT.test(text) && !SUM.test(text) && most > 0 && most < limit)
    return known({ maxTokensLimit: most })
  if (effort !== undefined && EFFORT.test(text)) return effortLesson(text, effort)
  return undefined
}

/** The words that a server takes, where it lists them; else only the one sent is known to be refused. */
function effortLesson(text: string, effort: string): Lesson | undefined {
  const words = EFFORTS.filter((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'i').test(text))
  const others = words.filter((word) => word !== effort && word !== 'none')
  if (others.length > 0)
    return {
      capabilities: { effortsRefused: EFFORTS.filter((word) => !words.includes(word) || word === effort) },
    }
  // Groq's Qwen: "`reasoning_effort` must be one of `none` or `default`"; OpenAI: "'reasoning.effort' is not supported with this model".
  const isUngraded = words.length > 0 ? /one of|supported/i.test(text) : /\.effort\b/.test(text)
  if (
    isUngraded &&
    effort !== 'none' &&
    !words.includes(effort) &&
    (words.length > 0 || COMPLAINT.test(text))
  )
    return { capabilities: { paramNames: { reasoningEffort: null } } }
  return words.includes(effort) ? { capabilities: { effortsRefused: [effort] } } : undefined
}
