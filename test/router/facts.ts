import { type Body, textOf } from './wire.ts'

/** What a conversation tells, in the words that a model reads. */
export interface Facts {
  /** All that was said by others than the model itself. */
  readonly told: string
  /** The user's question. */
  readonly question: string
  /** What the tools gave, the newest last. */
  readonly results: readonly string[]
}

const WORDS = String.raw`["'“]?([^\s"'”.,;!?][^"'”.,;!?\n]*?)["'”]?(?=[.,;!?\n]|$)`

/** A text's own word for a key: "the code word is heron", "age: 36", "My favourite fruit is mango". The newest counts. */
export function wordFor(key: string, text: string): string | undefined {
  const words = wordsOf(key).join('[ _-]')
  if (!words) return undefined
  const pattern = new RegExp(String.raw`\b${words}\b["'”]?(?:\s+is(?: now)?|\s*[:=])\s+${WORDS}`, 'gi')
  return [...text.matchAll(pattern)].at(-1)?.[1]
}

/** The name of the person that is asked about, or was told of. */
export const personIn = ({ question, told, results }: Facts): string | undefined =>
  [question, ...results, told].map(personNamed).find(Boolean)

const NAME = String.raw`(\p{Lu}[\p{L}-]*(?: \p{Lu}[\p{L}-]*)*)`

function personNamed(text: string): string | undefined {
  const found =
    new RegExp(String.raw`\b(?:named|called|name is)\s+${NAME}`, 'u').exec(text) ??
    new RegExp(String.raw`\b${NAME}(?:,? (?:who )?(?:is|aged)|,) [^.?!\n]*?\d`, 'u').exec(text)
  return found?.[1]
}

/** The place that is asked about, or was told of: "in Paris". */
export const placeIn = ({ question, told, results }: Facts): string | undefined =>
  [question, ...results, told]
    .map(
      (text) =>
        [...text.matchAll(/\b(?:in|for|of|at) (\p{Lu}\p{Ll}[\p{L}-]*(?: \p{Lu}\p{Ll}[\p{L}-]*)*)/gu)].at(
          -1,
        )?.[1],
    )
    .find(Boolean)

/** The number that a text gives for a key: beside its word, or the only one there is to choose. */
export function numberFor(key: string, text: string): number | undefined {
  const words = wordsOf(key)
  const beside =
    new RegExp(String.raw`\b${words.join('[ _-]')}\b["'”]?(?:\s+is|\s*[:=])?\s+(-?\d+(?:\.\d+)?)`, 'i').exec(
      text,
    ) ?? (words.includes('age') ? /(\d+) years? old|aged (\d+)/i.exec(text) : null)
  const found = beside?.[1] ?? beside?.[2] ?? [...text.matchAll(/-?\d+(?:\.\d+)?/g)].at(-1)?.[0]
  return found === undefined ? undefined : Number(found)
}

/** The words of a name: get_weather, getWeather and get-weather are "get" and "weather". */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean)

/** What is told in a body, whoever's turn it stands in. */
export const factsOf = (body: Body, question: string, results: readonly string[]): Facts => ({
  question,
  told: body.messages
    .filter(({ role }) => role !== 'assistant')
    .map(textOf)
    .join('\n')
    // What was wrong with an answer is no fact.
    .replaceAll(/^- .*\bmust\b.*$/gm, ''),
  results,
})
