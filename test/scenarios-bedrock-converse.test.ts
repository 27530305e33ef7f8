import { type Server, createServer } from 'node:http'
import { EventStreamCodec } from '@smithy/eventstream-codec'
import type { Chat } from 'natter'
import { afterEach, describe, expect, test } from 'vitest'
import { listen } from './loopback.ts'
import { scenarios } from './scenarios/all.ts'
import { bedrockConverse as row } from './scenarios/bedrock-converse.ts'

describe(row.id, () => {
  scenarios(row)
})

describe('a stream in binary frames', () => {
  const codec = new EventStreamCodec(
    (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
    (text) => new TextEncoder().encode(text),
  )
  const frame = (kind: 'event' | 'exception', name: string, payload: object): Uint8Array =>
    codec.encode({
      headers: {
        ':message-type': { type: 'string', value: kind },
        [`:${kind}-type`]: { type: 'string', value: name },
      },
      body: new TextEncoder().encode(JSON.stringify(payload)),
    })
  const words = frame('event', 'contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hel' } })
  const stop = frame('event', 'messageStop', { stopReason: 'end_turn' })

  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })

  /** A chat with a server that sends these bytes, and then closes or drops the connection. */
  async function hearing(bytes: readonly Uint8Array[], isDropped = false): Promise<Chat> {
    const server = createServer((request, reply) => {
      request.resume().once('end', () => {
        reply.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
        reply.write(Buffer.concat(bytes), () => (isDropped ? request.socket.destroy() : reply.end()))
      })
    })
    servers.push(server)
    const baseUrl = `http://127.0.0.1:${await listen(server)}/v1`
    return row.chat({ baseUrl, model: 'm', apiKey: 'key', retries: 0, stream: true, adjust: 'silent' })
  }

  test.each([
    ['throttlingException', 'rate-limited'],
    ['validationException', 'bad-request'],
    ['serviceUnavailableException', 'overloaded'],
    ['internalServerException', 'server-error'],
    ['modelStreamErrorException', 'server-error'],
  ])('that breaks off with a %s is an error, and keeps what came', async (name, code) => {
    const chat = await hearing([words, frame('exception', name, { message: 'It is too much.' })])
    await expect(chat.chat('Hi')).rejects.toMatchObject({
      code,
      status: 200,
      serverType: name.charAt(0).toUpperCase() + name.slice(1),
      message: expect.stringContaining('broke off its answer with an error: It is too much.'),
    })
    expect(chat.lastTurn('assistant')).toMatchObject({
      contents: [{ type: 'text', text: 'Hel' }],
      finish: 'error',
    })
  })

  test('that is damaged on the way is an error that says so, and keeps what came', async () => {
    const spoilt = stop.map((byte, i) => (i === stop.length - 6 ? byte ^ 1 : byte))
    const chat = await hearing([words, spoilt, stop])
    await expect(chat.chat('Hi')).rejects.toMatchObject({
      code: 'bad-reply',
      message: expect.stringMatching(/a damaged event stream: .*checksum/),
    })
    expect(chat.lastTurn('assistant')).toMatchObject({ contents: [{ text: 'Hel' }], finish: 'error' })
  })

  test.each([
    ['before its end', [words]],
    ['within a message', [words, stop.subarray(0, 30)]],
  ])('that is cut %s is an error', async (_, bytes) => {
    await expect((await hearing(bytes)).chat('Hi')).rejects.toMatchObject({ code: 'cut' })
  })

  test('that is dropped after its end, before its counts, is whole', async () => {
    const chat = await hearing([words, stop], true)
    expect(await chat.chat('Hi')).toBe('Hel')
    expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'stop' })
    expect(chat.lastTurn('assistant')).not.toHaveProperty('usage')
  })
})
