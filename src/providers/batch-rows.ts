import { ChatError } from '../core/errors.ts'
import { concat } from '../lib/concat.ts'
import { fileSize } from '../lib/file-size.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import type { Api, ApiRequest } from './api.ts'
import type { BatchAnswer, BatchApi } from './batch-api.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * What is handed in, as bytes: one JSON value a row, or what else is told to stand before, between and behind them.
 * @throws ChatError `bad-request` where the provider takes less at once
 */
export function rowBytes(
  { provider }: Api,
  { mostEntries, mostBytes }: Pick<BatchApi, 'mostEntries' | 'mostBytes'>,
  rows: readonly unknown[],
  [before, between, behind]: readonly [string, string, string] = ['', '\n', '\n'],
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const pieces = rows.map((row, n) => encoder.encode((n === 0 ? before : between) + JSON.stringify(row)))
  pieces.push(encoder.encode(behind))
  const size = pieces.reduce((sum, { length }) => sum + length, 0)
  if (rows.length <= mostEntries && size <= mostBytes) return concat(pieces, size)
  const [most, got] =
    rows.length > mostEntries
      ? [`${mostEntries} requests`, `there are ${rows.length}`]
      : [fileSize(mostBytes), `these are ${fileSize(size)}`]
  throw new ChatError(
    `${provider} takes at most ${most} in a batch; ${got}. Hand them in as several batches.`,
    {
      code: 'bad-request',
      provider,
    },
  )
}

/** The rows of files of one JSON value a line; a line that is none is given as it is. */
export async function* rowsIn(api: Api, files: readonly ApiRequest[]): AsyncGenerator {
  for (const file of files) for await (const line of api.lines(file)) yield parsedJson(line) ?? line
}

/**
 * The answers in rows, each once: after a lost connection rows come again. What cannot be read is told once all the others are.
 * @throws ChatError
 */
export async function* answersIn(
  { provider }: Api,
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  read: (row: Fields) => BatchAnswer | undefined,
): AsyncGenerator<BatchAnswer> {
  const seen = new Set<string>()
  const unread: unknown[] = []
  for await (const row of rows) {
    const answer = isObject(row) ? read(row) : undefined
    if (!answer) unread.push(row)
    else if (!seen.has(answer.id)) {
      seen.add(answer.id)
      yield answer
    }
  }
  if (unread.length === 0) return
  throw new ChatError(`${provider} told of ${unread.length} of the answers in a way that cannot be read.`, {
    code: 'bad-reply',
    provider,
    body: unread[0],
  })
}
