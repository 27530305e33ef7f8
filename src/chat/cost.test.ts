import { expect, test } from 'vitest'
import type { AssistantTurn, Turn } from '../core/turn.ts'
import { costOf, priceTurn, sumPrices } from './cost.ts'

const question: Turn = { role: 'user', contents: [{ type: 'text', text: 'Hi' }] }
const results: Turn = { role: 'user', contents: [{ type: 'tool-result', id: '1', name: 'f', content: 'x' }] }
const answer = (facts: Partial<AssistantTurn> = {}): AssistantTurn => ({
  role: 'assistant',
  contents: [],
  finish: 'stop',
  ...facts,
})
const usage = { input: 1000, output: 100 }
const groq = { model: 'llama-3.1-8b-instant', line: { provider: { id: 'groq' } } }
const own = { model: 'm', line: { provider: { id: 'openai-compatible' } } }

test('adds up what is booked on the turns', async () => {
  const turns = [question, answer({ cost: 0.25 }), question, answer({ cost: 0.5 })]
  expect(await costOf({ ...own, turns })).toEqual({ dollars: 0.75, sources: ['booked'] })
})

test('the last question costs what all answers to it cost', async () => {
  const turns = [
    question,
    answer({ cost: 1 }),
    question,
    answer({ cost: 0.25 }),
    results,
    answer({ cost: 0.5 }),
  ]
  expect(await costOf({ ...own, turns }, 'last')).toMatchObject({ dollars: 0.75 })
})

test('a chat that was asked nothing costs nothing', async () => {
  expect(await costOf({ ...own, turns: [] })).toEqual({ dollars: 0, sources: [] })
  expect(await costOf({ ...own, turns: [question] }, 'last')).toEqual({ dollars: 0, sources: [] })
})

test('looks up what is not booked', async () => {
  expect(await costOf({ ...groq, turns: [question, answer({ usage })] })).toMatchObject({
    sources: ['genai-prices'],
  })
  const price = { input: 1, output: 10 }
  expect(await costOf({ ...own, price, turns: [question, answer({ usage })] })).toEqual({
    dollars: 0.002,
    sources: ['override'],
  })
})

test('one unknown price makes the sum unknown: it says what is known, and why not all is', async () => {
  const turns = [question, answer({ cost: 0.5 }), question, answer({ usage }), question, answer({ usage })]
  expect(await costOf({ ...own, turns })).toEqual({
    dollars: undefined,
    knownDollars: 0.5,
    unpriced: 2,
    reason: 'there is no price list for openai-compatible: pass price',
  })
})

test('an answer that was cut before it reported its tokens is not free', async () => {
  const turns = [question, answer({ finish: 'aborted' })]
  expect(await costOf({ ...groq, turns })).toMatchObject({
    dollars: undefined,
    reason: expect.stringContaining('did not report') as string,
  })
})

test('an answer of another model than the chat has now is priced by its own name', async () => {
  const turn = answer({ usage, model: 'llama-3.1-8b-instant' })
  expect(await priceTurn(turn, { ...groq, model: 'a-model-nobody-lists' })).toMatchObject({
    source: 'genai-prices',
  })
})

test('a model that has been changed since is priced as what it was, else as what was asked for', async () => {
  const price = (turn: AssistantTurn, model: string) => priceTurn(turn, { ...groq, model })
  const small = await price(answer({ usage }), 'llama-3.1-8b-instant')
  expect(await price(answer({ usage, model: 'llama-3.1-8b-instant' }), 'llama-3.3-70b-versatile')).toEqual(
    small,
  )
  expect(await price(answer({ usage, model: 'llama.gguf' }), 'llama-3.1-8b-instant')).toEqual(small)
})

test('a sum of nothing is 0, and of one unknown is unknown', () => {
  expect(sumPrices([])).toEqual({ dollars: 0, sources: [] })
  expect(sumPrices([{ dollars: undefined, reason: 'why' }])).toEqual({
    dollars: undefined,
    knownDollars: 0,
    unpriced: 1,
    reason: 'why',
  })
})

test('a turn keeps its price of its tier, whoever is asked since', async () => {
  const turn = answer({ usage, provider: 'openai', model: 'gpt-4.1' })
  const price = async (facts: Partial<AssistantTurn>) =>
    (await priceTurn({ ...turn, ...facts }, { ...groq, others: new Map([['openai', own]]) })).dollars ?? 0
  expect(await price({ serviceTier: 'batch' })).toBeCloseTo((await price({})) / 2, 12)
  expect(await price({ serviceTier: 'priority' })).toBe(0)
})

test('anything else than all or last is a TypeError', async () => {
  await expect(costOf({ ...own, turns: [] }, 'some' as 'all')).rejects.toThrow(TypeError)
})
