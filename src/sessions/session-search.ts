import { type FileHandle, open } from 'node:fs/promises'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { fileLines } from './file-lines.ts'

/** What stands around the words that were found, in characters. */
const BEFORE = 40
const LONGEST = 140
/** Where a line's message ends; it cannot stand in a text of JSON, where quotes are escaped. */
const TURN = Buffer.from(',"turn":{')

/** The words of a search, to be found all of them in one place, whatever their case. */
export const wordsOf = (query: string): readonly string[] => query.toLowerCase().split(/\s+/).filter(Boolean)

/** The place in a text where all words are, cut to some characters; undefined where one is missing. */
export function snippetOf(text: string, words: readonly string[]): string | undefined {
  const low = text.toLowerCase()
  const places = words.map((word) => low.indexOf(word))
  if (places.length === 0 || places.some((place) => place < 0)) return undefined
  const from = Math.max(0, (places[0] ?? 0) - BEFORE)
  const cut = text
    .slice(from, from + LONGEST)
    .replaceAll(/\s+/g, ' ')
    .trim()
  return `${from > 0 ? '…' : ''}${cut}${from + LONGEST < text.length ? '…' : ''}`
}

/** Where all words are said in one message of a session's file. */
export async function searched(
  path: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  let file: FileHandle | undefined
  try {
    file = await open(path)
    // As they stand in JSON, so that a line without them need not be parsed.
    const spelled = words.map((word) => JSON.stringify(word).slice(1, -1))
    for await (const { bytes } of fileLines(file)) {
      signal?.throwIfAborted()
      const end = bytes.indexOf(TURN)
      if (end < 0) continue
      const text = bytes.toString('utf8', 0, end)
      const low = text.toLowerCase()
      if (!spelled.every((word) => low.includes(word))) continue
      const line = parsedJson(`${text}}`)
      const message = isObject(line) && isObject(line.message) ? line.message : {}
      const found = typeof message.content === 'string' ? snippetOf(message.content, words) : undefined
      if (found !== undefined) return found
    }
    return undefined
  } finally {
    await file?.close()
  }
}
