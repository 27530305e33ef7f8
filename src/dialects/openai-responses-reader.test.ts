import { describe, expect, test } from 'vitest'
import { type Event, done, message, turnOf, whole } from '../../test/responses-events.ts'
import type { Delta } from '../core/delta.ts'
import { OpenAIResponsesReader } from './openai-responses-reader.ts'

const own = (value: unknown): object => ({ dialect: 'openai-responses', value })
const reasoning = (id: string, summary: readonly string[], more: object = {}): object => ({
  type: 'reasoning',
  id,
  summary: summary.map((text) => ({ type: 'summary_text', text })),
  encrypted_content: `sealed ${id}`,
  ...more,
})
const again = (id: string, summary: readonly string[]): object => ({
  type: 'reasoning',
  id,
  summary: summary.map((text) => ({ type: 'summary_text', text })),
  encrypted_content: `sealed ${id}`,
})
const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'add', arguments: '{"x":1}' }

describe('OpenAIResponsesReader', () => {
  test('keeps items of reasoning that follow each other as one thinking, to go back together', () => {
    const output = [reasoning('rs_1', ['One', 'Two']), reasoning('rs_2', ['Three']), message('So')]
    expect(turnOf([whole(output)]).contents).toEqual([
      {
        type: 'thinking',
        text: 'One\n\nTwo\n\nThree',
        opaque: own([again('rs_1', ['One', 'Two']), again('rs_2', ['Three'])]),
      },
      { type: 'text', text: 'So' },
    ])
  })

  test('keeps items of reasoning apart that something stands between', () => {
    const output = [reasoning('rs_1', ['One']), call, reasoning('rs_2', []), message('So')]
    expect(turnOf([whole(output)]).contents).toMatchObject([
      { type: 'thinking', text: 'One', opaque: own([again('rs_1', ['One'])]) },
      { type: 'tool-call', id: 'call_1' },
      { type: 'thinking', text: '', opaque: own([again('rs_2', [])]) },
      { type: 'text', text: 'So' },
    ])
  })

  test('keeps reasoning that is told in words, and none that is only an id', () => {
    const content = [{ type: 'reasoning_text', text: 'Hmm' }]
    const open = { type: 'reasoning', id: 'a', content, status: null, encrypted_content: null }
    expect(turnOf([whole([open])]).contents).toEqual([
      {
        type: 'thinking',
        text: 'Hmm',
        opaque: own([{ type: 'reasoning', id: 'a', summary: [], content }]),
      },
    ])
    const bare = { type: 'reasoning', id: 'rs_1', summary: [], content: [] }
    expect(turnOf([whole([bare, message('So')])]).contents).toEqual([{ type: 'text', text: 'So' }])
  })

  test('parts the paragraphs of a streamed summary', () => {
    const delta = (summary_index: number, text: string): Event => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index,
      delta: text,
    })
    const { contents } = turnOf([delta(0, 'O'), delta(0, 'ne'), delta(1, 'Two'), done()])
    expect(contents).toEqual([{ type: 'thinking', text: 'One\n\nTwo' }])
  })

  test('keeps the phase of a message, and what called a function', () => {
    const caller = { type: 'program', caller_id: 'c0' }
    const output = [message('Look', { phase: 'commentary' }), { ...call, caller, namespace: null }]
    expect(turnOf([whole(output)]).contents).toEqual([
      { type: 'text', text: 'Look', opaque: own({ phase: 'commentary' }) },
      { type: 'tool-call', id: 'call_1', name: 'add', input: { x: 1 }, opaque: own({ caller }) },
    ])
  })

  test('takes the id of the item where a call has none of its own, and arguments that are no text', () => {
    const { contents, finish } = turnOf([whole([{ ...call, call_id: '', arguments: { x: 1 } }])])
    expect(contents).toEqual([{ type: 'tool-call', id: 'fc_1', name: 'add', input: { x: 1 } }])
    expect(finish).toBe('tool-calls')
  })

  test('reads sources: pages by their address, files by their id', () => {
    const annotations = [
      { type: 'url_citation', url: 'https://x.org', title: 'X', start_index: 0 },
      { type: 'file_citation', file_id: 'file-1', filename: 'a.pdf', index: 3 },
      { type: 'some_future_note' },
    ]
    const content = [{ type: 'output_text', text: 'So', annotations }]
    expect(turnOf([whole([message('', { content })])]).contents).toEqual([
      { type: 'text', text: 'So' },
      { type: 'citation', url: 'https://x.org', title: 'X' },
      { type: 'citation', url: 'file-1', title: 'a.pdf' },
    ])
  })

  test('reads pictures, and keeps the call that made one without its bytes', () => {
    const drawn = { type: 'image_generation_call', id: 'ig_1', status: 'generating', result: 'AA' }
    const output = [{ ...drawn, output_format: 'webp', revised_prompt: 'a cat' }]
    expect(turnOf([whole(output)]).contents).toEqual([
      {
        type: 'server-tool',
        name: 'image_generation',
        input: 'a cat',
        opaque: own({ type: 'image_generation_call', id: 'ig_1', status: 'completed' }),
      },
      { type: 'media', kind: 'image', mimeType: 'image/webp', data: 'AA' },
    ])
  })

  test('keeps what the server did whole, and what waits for the client without its state', () => {
    const search = { type: 'web_search_call', id: 'ws_1', action: { type: 'search', query: 'x' } }
    const patch = { type: 'apply_patch_call', call_id: 'c', operation: { type: 'delete_file' } }
    const local = { type: 'shell_call', call_id: 'c', action: { commands: ['ls'] } }
    const remote = { ...local, environment: { type: 'container_reference' } }
    const mine = { type: 'tool_search_call', execution: 'client', arguments: '{}' }
    expect(turnOf([whole([search, patch, local, remote, mine])]).contents).toEqual([
      { type: 'server-tool', name: 'web_search', input: search.action, opaque: own(search) },
      { type: 'server-tool', name: 'apply_patch' },
      { type: 'server-tool', name: 'shell', input: local.action },
      { type: 'server-tool', name: 'shell', input: local.action, opaque: own(remote) },
      { type: 'server-tool', name: 'tool_search', input: '{}' },
    ])
  })

  test('reads charts out of what code brought forth', () => {
    const outputs = [
      { type: 'logs', logs: '1' },
      { type: 'image', url: 'data:image/png;base64,AA' },
    ]
    const ran = { type: 'code_interpreter_call', id: 'ci_1', code: 'plot()', outputs }
    expect(turnOf([whole([ran])]).contents).toEqual([
      { type: 'server-tool', name: 'code_interpreter', input: 'plot()', opaque: own(ran) },
      { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA' },
    ])
  })

  test('reads a refusal, whole and in pieces', () => {
    const content = [{ type: 'refusal', refusal: 'Not that.' }]
    expect(turnOf([whole([message('', { content })])]).refusal).toBe('Not that.')
    const delta = (text: string): Event => ({ type: 'response.refusal.delta', output_index: 0, delta: text })
    const ended = done([message('', { content })])
    expect(turnOf([delta('Not '), delta('that.'), ended]).refusal).toBe('Not that.')
  })

  test.each([
    [{ status: 'completed' }, 'stop', 'completed'],
    [{ status: 'complete' }, 'stop', 'complete'],
    [
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      'length',
      'max_output_tokens',
    ],
    [
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      'content-filter',
      'content_filter',
    ],
    [{ status: 'incomplete', incomplete_details: { reason: 'moonshine' } }, 'moonshine', 'moonshine'],
    [{ status: 'incomplete', incomplete_details: null }, 'incomplete', 'incomplete'],
  ])('reads %j as the reason %s', (more, finish, finishRaw) => {
    expect(turnOf([whole([message('So')], more)])).toMatchObject({ finish, finishRaw })
  })

  test('counts tokens and money as the server does, and nothing that it does not count', () => {
    const usage = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 3 },
      cost: 0.25,
    }
    expect(turnOf([whole([], { usage })])).toMatchObject({
      usage: { input: 10, output: 5, cachedInput: 4, cacheWrite: 2, reasoning: 3 },
      cost: 0.25,
    })
    expect(turnOf([done([], { usage: { input_tokens: 1 } })]).usage).toEqual({ input: 1 })
    expect(turnOf([whole([], { usage: null })])).not.toHaveProperty('usage')
  })

  test('takes thinking out of tags, and out of a text beside the output', () => {
    expect(turnOf([whole([message('<think>Hmm</think>So')])]).contents).toEqual([
      { type: 'thinking', text: 'Hmm' },
      { type: 'text', text: 'So' },
    ])
    expect(turnOf([whole([message('So')], { reasoning: 'Hmm' })]).contents).toEqual([
      { type: 'thinking', text: 'Hmm' },
      { type: 'text', text: 'So' },
    ])
  })

  test('ignores events, items’ parts and members that it does not know', () => {
    const text = { type: 'response.output_text.delta', output_index: 0, delta: 'So', logprobs: [], x: 1 }
    const { contents } = turnOf([
      { type: 'keepalive', sequence_number: 1 },
      { type: 'response.some_future.delta', delta: 'no' },
      { type: 'rate_limits.updated', limits: [] },
      '',
      'null',
      text,
      { type: 'response.output_text.delta', output_index: 0, delta: { no: 1 } },
      { type: 'response.function_call_arguments.delta', output_index: 7, delta: '{}' },
      done([message('', { content: [{ type: 'output_text', text: 'So' }, { type: 'hologram' }, 7] })]),
    ])
    expect(contents).toEqual([{ type: 'text', text: 'So' }])
  })

  test('knows an event by its name where its data have no type', () => {
    const reader = new OpenAIResponsesReader()
    const out: Delta[] = []
    reader.read('{"delta":"So","output_index":0}', out, 'response.output_text.delta')
    expect(out).toEqual([{ type: 'text', text: 'So' }])
  })
})
