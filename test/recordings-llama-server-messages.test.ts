import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Delta } from '../src/core/delta.ts'
import { AnthropicMessagesReader } from '../src/dialects/anthropic-messages-reader.ts'
import { Framer } from '../src/lib/framing.ts'
import { built } from './anthropic-events.ts'
import { RECORDINGS } from './recordings/recordings.ts'

const FOLDER = join(RECORDINGS, 'engines', 'llama-server-trained')
const weather = { type: 'tool-call', name: 'get_weather', input: { city: 'Paris' } }

describe.skipIf(!existsSync(FOLDER))('what llama-server answers on /v1/messages', () => {
  test.each([
    ['111-messages', 'length', 17, { type: 'text', text: 'Hello! How can I help' }],
    ['112-messages-stream', 'length', undefined, { type: 'text', text: 'Hello! How can I help' }],
    // It ended at a stop sequence, and says so only by naming it.
    ['113-messages-no-max', 'stop-sequence', 10, { type: 'text', text: 'H' }],
    ['114-messages-tools', 'tool-calls', 40, weather],
    ['115-messages-tools-stream', 'tool-calls', undefined, weather],
  ])('%s', (name, finish, input, content) => {
    const transcript = readFileSync(join(FOLDER, `${name}.txt`))
    const reader = new AnthropicMessagesReader()
    const out: Delta[] = []
    const framer = new Framer((payload) => reader.read(payload, out))
    framer.feed(transcript.subarray(transcript.indexOf('\n<\n') + 3))
    framer.end()
    expect(reader.isComplete).toBe(true)
    const turn = built(out)
    expect(turn).toMatchObject({ model: 'tiny', finish, contents: [content] })
    if (input !== undefined) expect(turn.usage?.input).toBe(input)
  })
})
