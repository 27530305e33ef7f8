import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AssistantTurn, ChatError, textOf } from 'natter'
import { chatWith } from '../../src/chat-with.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { type Exchange, type Expectation, exchangesOf, hasRecordings } from './recordings.ts'

/**
 * Replays every recorded exchange of a family, whole and cut in pieces, and compares what the dialect reads from it. `unsure` names
 * what is not to be compared in an exchange, besides what its expectation says itself.
 */
export function replayFamily(
  family: string,
  dialect: Dialect,
  unsure: Readonly<Record<string, readonly string[]>> = {},
): void {
  test.runIf(!hasRecordings)(`recordings of ${family} are skipped: there is no ../shared/recordings`, () => {
    expect(hasRecordings).toBe(false)
  })
  if (!hasRecordings) return
  describe(`recordings of ${family}`, () => {
    const exchanges = exchangesOf(family)
    let server: Server
    let origin = ''

    beforeAll(async () => {
      server = createServer((request, reply) => {
        const [, n = '', mode] = (request.url ?? '').split('/')
        request
          .resume()
          .once('end', () => void replay(exchanges[Number(n)] as Exchange, mode === 'sliced', reply))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    afterAll(() => {
      server.closeAllConnections()
      server.close()
    })

    for (const mode of ['whole', 'sliced']) {
      test.each(exchanges.map((exchange, n) => [exchange.name, n] as const))(
        `%s is read right, ${mode}`,
        async (name, n) => {
          const { expect: given, response } = exchanges[n] as Exchange
          const expected = { ...given, ambiguous: [...(given.ambiguous ?? []), ...(unsure[name] ?? [])] }
          const chat = chatWith(provider(dialect), {
            baseUrl: `${origin}/${n}/${mode}`,
            model: 'any',
            retries: 0,
            adjust: 'error',
          })
          let error: unknown
          await chat.chat('hi').catch((caught: unknown) => (error = caught))
          const isEither = expected.ambiguous?.includes('kind')
          if (error !== undefined && isEither) return
          // What is no answer, such as one that is still to come, must not pass for one.
          if (expected.kind === 'other') expect(error).toBeInstanceOf(ChatError)
          else if (expected.kind === 'error' && !(isEither && error === undefined))
            compareError(error, expected)
          else if (expected.cut && ChatError.is(error, 'cut'))
            expect(chat.turns.slice(1).map(textOf).join('')).toBe(expected.text)
          else if (error !== undefined) throw error
          else {
            const turn = chat.lastTurn('assistant') as AssistantTurn
            compareTurn(turn, expected)
            if (turn.usage) expect(turn.serviceTier).toBe(tierIn(response.body.toString('utf8')))
          }
        },
      )
    }
  })
}

const provider = (dialect: Dialect): Parameters<typeof chatWith>[0] => ({
  id: 'recorded',
  name: 'Recorded',
  docs: 'https://example.org',
  baseUrl: 'http://127.0.0.1',
  dialect,
  auth: { variables: [], places: 'apiKey', isOptional: true },
})

async function replay(
  { response, name }: Exchange,
  isSliced: boolean,
  reply: import('node:http').ServerResponse,
): Promise<void> {
  const { status, headers, body } = response
  const kept = Object.entries(headers).filter(
    ([header]) => !/^(content-length|transfer-encoding|content-encoding|connection)$/i.test(header),
  )
  reply.writeHead(status, Object.fromEntries(kept))
  if (!isSliced) {
    reply.end(body)
    return
  }
  for (const [from, to] of slices(body.length, name)) {
    reply.write(body.subarray(from, to))
    await new Promise((resolve) => setImmediate(resolve))
  }
  reply.end()
}

/** The last word for a tier of service in a body: while an answer is still to come, it is what was asked for. */
const tierIn = (body: string): string | undefined =>
  [...body.matchAll(/"(?:service_tier|serviceTier|trafficType)": ?(?:\{"type": ?)?"(\w+)"/g)].at(-1)?.[1]

/** Up to 24 cuts at places that look random but are the same in each run. */
function slices(length: number, seed: string): readonly (readonly [number, number])[] {
  let state = [...seed].reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) | 0, 7)
  const random = (): number => ((state = (state * 1103515245 + 12345) & 0x7fffffff) >>> 8) / 2 ** 23
  const cuts = [
    ...new Set(Array.from({ length: Math.min(24, length) }, () => Math.floor(random() * length))),
  ].toSorted((a, b) => a - b)
  const edges = [0, ...cuts, length]
  return edges.slice(1).map((to, i) => [edges[i] as number, to] as const)
}

/** Compares what was read with what a right client reads. */
export function compareTurn(turn: AssistantTurn, expected: Expectation): void {
  const isSure = (field: string): boolean => !expected.ambiguous?.includes(field)
  const thinking = turn.contents.map((content) => (content.type === 'thinking' ? content.text : '')).join('')
  if (expected.textWithoutThink === undefined) {
    if (isSure('text')) expect(textOf(turn)).toBe(expected.text)
    // Where natter puts a blank line between parts, as EXPECT.md allows.
    const apart = expected.thinkingParts?.join('\n\n')
    if (isSure('thinking')) expect(thinking).toBe(thinking === apart ? apart : expected.thinking)
  } else if (isSure('textWithoutThink') && isSure('thinkFromTags')) {
    expect(textOf(turn).trim()).toBe(expected.textWithoutThink.trim())
    expect(thinking.trim()).toBe(expected.thinkFromTags?.trim())
  }
  if (isSure('toolCalls')) {
    const calls = turn.contents.filter((content) => content.type === 'tool-call')
    expect(
      calls.map(({ name, input, raw }) => ({
        name,
        ...(input ? { arguments: input } : { argumentsRaw: raw }),
      })),
    ).toEqual(
      expected.toolCalls.map(({ name, arguments: given, argumentsRaw }) => ({
        name,
        // The text "null" is how some models spell no arguments at all.
        ...(argumentsRaw === undefined ? { arguments: given ?? {} } : { argumentsRaw }),
      })),
    )
    for (const [i, { id }] of expected.toolCalls.entries()) {
      if (id === undefined) expect(calls[i]?.id).toBeTruthy()
      else expect(calls[i]?.id).toBe(String(id))
    }
  }
  if (isSure('usage')) compareUsage(turn, expected, isSure)
  if (isSure('finish')) expect(turn.finish).toBe(expected.finish ?? 'unknown')
  if (isSure('model') && expected.model !== null) expect(turn.model).toBe(expected.model)
  if (isSure('citations'))
    expect(turn.contents.filter((content) => content.type === 'citation').length).toBe(
      expected.citations ?? 0,
    )
  if (isSure('media'))
    expect(turn.contents.filter((content) => content.type === 'media').length).toBe(expected.media ?? 0)
  if (isSure('refusal')) compareRefusal(turn, expected)
}

function compareRefusal({ refusal, finish }: AssistantTurn, expected: Expectation): void {
  const { blockMessage, finishMessage, blockReason, finishRaw, family } = expected
  const hasEnded = finish === 'stop' || finish === 'length' || finish === 'tool-calls'
  const why = blockMessage ?? finishMessage ?? (finish === 'content-filter' && (blockReason ?? finishRaw))
  if (family === 'gemini' && !hasEnded && why) expect(refusal).toContain(why)
  else expect(refusal).toBe(expected.refusal)
}

function compareUsage(turn: AssistantTurn, expected: Expectation, isSure: (field: string) => boolean): void {
  if (expected.usage === null) {
    expect(turn.usage).toBeUndefined()
    return
  }
  const pairs = [
    ['input', 'inputTotal'],
    ['output', 'outputTotal'],
    ['cachedInput', 'cachedInput'],
    ['cacheWrite', 'cacheWrite'],
    ['reasoning', 'reasoning'],
  ] as const
  for (const [ours, theirs] of pairs)
    if (isSure(`usage.${theirs}`)) {
      // A total of 0 whose part was not reported is a sum of nothing.
      const isUnknown = !expected.usage[theirs] && expected.usage[theirs.replace('Total', '')] === null
      const count = isUnknown ? undefined : (expected.usage[theirs] ?? undefined)
      expect({ [ours]: turn.usage?.[ours] }).toEqual({ [ours]: count })
    }
}

function compareError(error: unknown, { error: expected = {}, midStream }: Expectation): void {
  expect(error).toBeInstanceOf(ChatError)
  const { message, status, serverCode, serverType } = error as ChatError
  const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '')
  if (expected.message) expect(message).toContain(flat(expected.message).slice(0, 400))
  if (expected.status !== undefined && !midStream) expect(status).toBe(expected.status)
  if (expected.code !== undefined && expected.code !== null) expect(serverCode).toBe(String(expected.code))
  if (expected.type !== undefined && expected.type !== null) expect(serverType).toBe(String(expected.type))
}
