import { describe, expect, test } from 'vitest'
import { add, back, begin, end, ending, read, say, start, stop } from '../../test/anthropic-events.ts'

describe('the blocks of an answer', () => {
  test('bring thinking with its signature, which goes back as it came', () => {
    const thinking = { type: 'thinking', thinking: '', signature: '' }
    const answer = read(
      start,
      begin(0, thinking),
      add(0, { type: 'thinking_delta', thinking: 'Let ', estimated_tokens: 3 }),
      add(0, { type: 'thinking_delta', thinking: 'me.' }),
      add(0, { type: 'signature_delta', signature: 'sig' }),
      end(0),
      begin(1, { type: 'redacted_thinking', data: 'secret' }),
      end(1),
      begin(2, thinking),
      add(2, { type: 'signature_delta', signature: 'of nothing' }),
      end(2),
      ...say(3, 'Yes.'),
      stop,
    )
    expect(answer.turn.contents).toMatchObject([
      { type: 'thinking', text: 'Let me.' },
      { type: 'text', text: 'Yes.' },
    ])
    expect(back(answer)).toEqual([
      { type: 'thinking', thinking: 'Let me.', signature: 'sig' },
      { type: 'redacted_thinking', data: 'secret' },
      { type: 'thinking', thinking: '', signature: 'of nothing' },
      { type: 'text', text: 'Yes.' },
    ])
  })

  test('bring thinking without a signature, as other servers give it, which does not go back', () => {
    const answer = read({
      type: 'message',
      content: [
        { type: 'thinking', thinking: 'Hm.' },
        { type: 'text', text: 'Yes.' },
      ],
    })
    expect(answer.turn.contents).toEqual([
      { type: 'thinking', text: 'Hm.' },
      { type: 'text', text: 'Yes.' },
    ])
    expect(back(answer)).toEqual([{ type: 'text', text: 'Yes.' }])
  })

  test('bring text and its sources, which go back together', () => {
    const web = {
      type: 'web_search_result_location',
      url: 'https://a.org',
      title: 'A',
      cited_text: 'wet',
      encrypted_index: 'x',
    }
    const page = { type: 'page_location', document_index: 0, document_title: 'R.pdf', start_page_number: 2 }
    const found = { type: 'search_result_location', source: 'https://b.org', title: null }
    const place = { type: 'char_location', document_index: 1, document_title: null }
    const answer = read(
      start,
      ...say(0, 'So: '),
      begin(1, { type: 'text', text: '', citations: [] }),
      add(1, { type: 'citations_delta', citation: web }),
      add(1, { type: 'text_delta', text: 'It rains.' }),
      end(1),
      ...say(2, ' '),
      begin(3, { type: 'text', text: '' }),
      add(3, { type: 'text_delta', text: 'Much.' }),
      ...[page, found, place, null].map((citation) => add(3, { type: 'citations_delta', citation })),
      end(3),
      ...say(4, 'Bye.'),
      stop,
    )
    expect(answer.turn.contents).toMatchObject([
      { type: 'text', text: 'So: It rains.' },
      { type: 'citation', url: 'https://a.org', title: 'A' },
      { type: 'text', text: ' Much.' },
      { type: 'citation', url: 'document:0#page=2', title: 'R.pdf' },
      { type: 'citation', url: 'https://b.org' },
      { type: 'citation', url: 'document:1' },
      { type: 'text', text: 'Bye.' },
    ])
    expect(back(answer)).toEqual([
      { type: 'text', text: 'So: ' },
      { type: 'text', text: 'It rains.', citations: [web] },
      { type: 'text', text: ' Much.', citations: [page, found, place, null] },
      { type: 'text', text: 'Bye.' },
    ])
  })

  test('bring calls in pieces, with what must be told of who called', () => {
    const caller = { type: 'code_execution_20250825', tool_id: 's1' }
    const answer = read(
      start,
      begin(0, { type: 'tool_use', id: 'a', name: 'f', input: {}, caller: { type: 'direct' } }),
      add(0, { type: 'input_json_delta', partial_json: '' }),
      add(0, { type: 'input_json_delta', partial_json: '{"x": ' }),
      add(0, { type: 'input_json_delta', partial_json: '1}' }),
      end(0),
      // llama-server leaves out the input.
      begin(1, { type: 'tool_use', id: 'b', name: 'g', caller }),
      end(1),
      ending('tool_use'),
      stop,
    )
    expect(answer.turn).toMatchObject({
      finish: 'tool-calls',
      contents: [
        { type: 'tool-call', id: 'a', name: 'f', input: { x: 1 } },
        { type: 'tool-call', id: 'b', name: 'g', input: {} },
      ],
    })
    expect(back(answer)).toEqual([
      { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
      { type: 'tool_use', id: 'b', name: 'g', input: {}, caller },
    ])
  })

  test.each([
    ['object', { x: 1 }, { input: { x: 1 } }],
    ['text', '{"x": ', { input: undefined, raw: '{"x": ' }],
    ['list', [1], { input: undefined, raw: '[1]' }],
    ['nothing', null, { input: {} }],
  ])('bring the input of a whole call that is an %s', (_, input, expected) => {
    const { turn } = read({ type: 'message', content: [{ type: 'tool_use', id: 'a', name: 'f', input }] })
    expect(turn.contents).toMatchObject([expected])
  })

  test('bring data that was asked for by a tool as text, and its end as no call', () => {
    const data = { type: 'tool_use', id: 'd', name: '_structured_data' }
    const streamed = read(
      start,
      begin(0, { ...data, input: {} }),
      add(0, { type: 'input_json_delta', partial_json: '{"a":' }),
      add(0, { type: 'input_json_delta', partial_json: ' 1}' }),
      end(0),
      ending('tool_use'),
      stop,
    )
    expect(streamed.turn).toMatchObject({ contents: [{ type: 'text', text: '{"a": 1}' }], finish: 'stop' })
    for (const input of [{ a: 1 }, {}]) {
      const { turn } = read({ type: 'message', content: [{ ...data, input }], stop_reason: 'tool_use' })
      expect(turn).toMatchObject({
        contents: [{ type: 'text', text: JSON.stringify(input) }],
        finish: 'stop',
      })
    }
    const cut = { type: 'message', content: [{ ...data, input: { a: 1 } }], stop_reason: 'max_tokens' }
    expect(read(cut).turn.finish).toBe('length')
  })

  test('bring what the provider did, in its place, to go back as it came', () => {
    const search = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'rain' } }
    const found = { type: 'web_search_tool_result', tool_use_id: 's1', content: [{ encrypted_content: 'x' }] }
    const summary = { type: 'compaction', content: 'They talked.' }
    const fallback = { type: 'fallback', from: { model: 'a' }, to: { model: 'b' } }
    const orphan = { type: 'code_execution_tool_result', tool_use_id: 's0', content: {} }
    const answer = read(
      start,
      begin(0, { ...search, input: {} }),
      add(0, { type: 'input_json_delta', partial_json: '{"query":' }),
      add(0, { type: 'input_json_delta', partial_json: '"rain"}' }),
      end(0),
      begin(1, found),
      end(1),
      begin(2, { type: 'compaction', content: null }),
      add(2, { type: 'compaction_delta', content: 'They ' }),
      add(2, { type: 'compaction_delta', content: 'talked.' }),
      end(2),
      begin(3, fallback),
      end(3),
      begin(4, orphan),
      end(4),
      ...say(5, 'It rains.'),
      stop,
    )
    expect(answer.turn.contents).toMatchObject([
      { type: 'server-tool', name: 'web_search', input: { query: 'rain' } },
      { type: 'server-tool', name: 'web_search' },
      { type: 'server-tool', name: 'compaction' },
      { type: 'server-tool', name: 'fallback' },
      { type: 'server-tool', name: 'code_execution' },
      { type: 'text', text: 'It rains.' },
    ])
    expect(back(answer)).toEqual([
      search,
      found,
      summary,
      fallback,
      orphan,
      { type: 'text', text: 'It rains.' },
    ])
  })

  test('do not go back where they may not be whole', () => {
    const answer = read(
      start,
      begin(0, { type: 'novelty' }),
      add(0, { type: 'novelty_delta', more: 'x' }),
      end(0),
      begin(1, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
      add(1, { type: 'input_json_delta', partial_json: '{"query": "ra' }),
      end(1),
      ...say(2, 'Well.'),
      // Never ended: the stream was cut.
      begin(3, { type: 'web_search_tool_result', tool_use_id: 's1' }),
    )
    expect(answer.turn.contents.map(({ type }) => type)).toEqual(['server-tool', 'server-tool', 'text'])
    expect(back(answer)).toEqual([{ type: 'text', text: 'Well.' }])
  })
})
