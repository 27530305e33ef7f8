import { expect, test } from 'vitest'
import type { Content } from '../core/content.ts'
import type { Adjustment, AssistantTurn, Turn } from '../core/turn.ts'
import { fitHome, unsealedTurns } from './fit-home.ts'
import { isAbroad } from './home.ts'

const answer = (...contents: readonly Content[]): AssistantTurn => ({
  role: 'assistant',
  contents,
  finish: 'stop',
})
const sealed = (dialect: string, server?: string) => ({
  opaque: { dialect, value: 1, ...(server && { server }) },
})
const signed = { type: 'thinking', text: 'Hm.', ...sealed('a') } as const
const hidden = { type: 'thinking', text: '', ...sealed('a') } as const
const call = { type: 'tool-call', id: '1', name: 'f', input: {}, ...sealed('b') } as const
const search = { type: 'server-tool', name: 'web_search', ...sealed('a') } as const
const source = { type: 'citation', url: 'https://a.test' } as const

function fitted(turns: readonly Turn[], dialect: string, baseUrl = 'https://one.test/v1') {
  const notes: Adjustment[] = []
  const home = { dialect, baseUrl }
  const fit = fitHome(turns, home, notes)
  expect(isAbroad(turns, home)).toBe(fit !== turns)
  return { turns: fit, notes: notes.map(({ message }) => message) }
}

test('turns are the same where their dialect wrote them', () => {
  const turns = [answer(signed, hidden)]
  expect(fitted(turns, 'a')).toEqual({ turns, notes: [] })
})

test('turns lose what another dialect alone can read, with a note for each dialect', () => {
  const { turns, notes } = fitted([answer(signed, hidden, search, source, call)], 'c')
  expect(turns).toEqual([
    answer({ type: 'thinking', text: 'Hm.' }, source, {
      type: 'tool-call',
      id: '1',
      name: 'f',
      input: {},
    }),
  ])
  expect(notes).toEqual([
    '3 signatures or pieces of hidden reasoning of a left out: c cannot read it',
    '1 signature or piece of hidden reasoning of b left out: c cannot read it',
  ])
})

test('turns keep what is theirs among what is not, and stay the same values where nothing is left out', () => {
  const mine = answer(call)
  const { turns } = fitted([answer(signed, call), mine], 'b')
  expect(turns).toEqual([answer({ type: 'thinking', text: 'Hm.' }, call), mine])
  expect(turns[1]).toBe(mine)
})

test('state of the same dialect is left out for another server, and kept for its own', () => {
  const turns = [answer({ ...signed, ...sealed('a', 'https://one.test/v1') })]
  expect(fitted(turns, 'a').turns).toBe(turns)
  // A key in the address is no other address.
  expect(fitted(turns, 'a', 'https://me:secret@one.test/v1/?key=secret').turns).toBe(turns)
  expect(fitted(turns, 'a', 'https://two.test/v1')).toEqual({
    turns: [answer({ type: 'thinking', text: 'Hm.' })],
    notes: [
      '1 signature or piece of hidden reasoning of another server left out: only the one that wrote them can read them',
    ],
  })
})

test.each([
  ['beside the text', (media: Content): Content => media],
  [
    'in the result of a tool',
    (media: Content): Content => ({
      type: 'tool-result',
      id: '1',
      name: 'f',
      content: '',
      media: [media as Extract<Content, { type: 'media' }>],
    }),
  ],
])('a file that was uploaded elsewhere is an error that says what to do: %s', (_, within) => {
  const pdf = {
    type: 'media',
    kind: 'pdf',
    mimeType: 'application/pdf',
    fileId: 'file-1',
    server: 'https://one.test/v1',
  } as const
  const turns: readonly Turn[] = [{ role: 'user', contents: [within(pdf)] }]
  expect(fitted(turns, 'a').turns).toBe(turns)
  expect(() => fitHome(turns, { dialect: 'a', baseUrl: 'https://two.test/v1' }, [])).toThrow(
    'the pdf file-1 was uploaded to https://one.test/v1, and https://two.test/v1 cannot read it there: pass the file itself, as pdf(path) does',
  )
})

test('all that is sealed can be left out at once', () => {
  const plain = answer({ type: 'text', text: 'Hi' })
  const turns = unsealedTurns([answer(signed, hidden, search, call), plain])
  expect(turns).toEqual([
    answer({ type: 'thinking', text: 'Hm.' }, { type: 'tool-call', id: '1', name: 'f', input: {} }),
    plain,
  ])
  expect(turns[1]).toBe(plain)
})
