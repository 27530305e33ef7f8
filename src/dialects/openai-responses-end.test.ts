import { describe, expect, test } from 'vitest'
import { type Event, done, message, read, turnOf, whole } from '../../test/responses-events.ts'
import { WireError } from './dialect.ts'

describe('an answer of openai-responses', () => {
  const text: Event = { type: 'response.output_text.delta', output_index: 0, delta: 'So' }

  test('is whole after its last event, and not before', () => {
    expect(read([text]).reader).toMatchObject({ isComplete: false, isOver: false })
    expect(read([text, done()]).reader).toMatchObject({ isComplete: true, isOver: true })
    expect(read([text, '[DONE]']).reader).toMatchObject({ isComplete: true, isOver: true })
    expect(read([whole([])]).reader.isComplete).toBe(true)
  })

  test('ends with its last event: nothing after it counts', () => {
    expect(turnOf([text, done(), text, { error: { message: 'late' } }, '[DONE]']).contents).toEqual([
      { type: 'text', text: 'So' },
    ])
  })

  test.each([
    ['an event', { type: 'error', code: 'rate_limit_exceeded', message: 'slow down', param: null }],
    ['a member of an event', { type: 'error', error: { message: 'slow down' } }],
    ['an object', { error: { message: 'slow down' } }],
    ['a text', { error: 'slow down', code: 'x' }],
  ])('breaks off with an error as %s, after what came before', (_form, event) => {
    const { out, error, reader } = read([text, event])
    expect(out).toEqual([{ type: 'text', text: 'So' }])
    expect(error).toBeInstanceOf(WireError)
    expect((error as WireError).body).toEqual(event)
    expect(reader.isComplete).toBe(false)
  })

  test('that failed is an error, with what it brought before', () => {
    const error = { code: 'server_error', message: 'oh' }
    const failed = whole([message('So')], { status: 'failed', error })
    for (const event of [failed, { type: 'response.failed', response: failed }]) {
      const answer = read([event])
      expect(answer.out).toContainEqual({ type: 'text', text: 'So' })
      expect((answer.error as WireError).body).toEqual({ error })
      expect(answer.reader.isComplete).toBe(false)
    }
    expect((read([whole([], { status: 'failed' })]).error as WireError).body).toEqual({
      message: 'the response ended as failed',
    })
    expect(read([{ type: 'response.cancelled', response: {} }]).error).toBeInstanceOf(WireError)
  })

  test('that is still to come is none', () => {
    for (const status of ['queued', 'in_progress'])
      expect((read([whole([], { status })]).error as WireError).body).toEqual({
        message: `the answer is only ${status}: leave out \`background\``,
      })
    expect(read([{ type: 'response.queued', response: { status: 'queued' } }]).error).toBeUndefined()
  })

  test('that is no JSON is a SyntaxError', () => {
    expect(read(['data of old']).error).toBeInstanceOf(SyntaxError)
  })
})
