import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { chatOpenAICompatible } from '../chats-servers.ts'

test('a server that wants ids of nine letters and digits is given them, for call and result alike, from then on', async () => {
  const seen: string[][] = []
  const server = createServer((request, reply) => {
    let text = ''
    request.on('data', (piece) => (text += String(piece)))
    request.on('end', () => {
      const { messages } = JSON.parse(text) as {
        messages: { tool_calls?: { id: string }[]; tool_call_id?: string }[]
      }
      const ids = messages.flatMap((it) => [
        ...(it.tool_calls ?? []).map(({ id }) => id),
        ...(it.tool_call_id ? [it.tool_call_id] : []),
      ])
      seen.push(ids)
      const isFine = ids.every((id) => /^[a-zA-Z0-9]{9}$/.test(id))
      reply.writeHead(isFine ? 200 : 400, { 'content-type': 'application/json' })
      const message = `Tool call id was ${ids[0]} but must be a-z, A-Z, 0-9, with a length of 9.`
      const answer = {
        choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
      }
      reply.end(
        JSON.stringify(
          isFine ? answer : { object: 'error', message, type: 'invalid_request_error', code: '3280' },
        ),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    const chat = chatOpenAICompatible({ baseUrl, model: 'mistral', adjust: 'silent' })
    chat.setTurns([
      { role: 'user', contents: [{ type: 'text', text: 'add' }] },
      {
        role: 'assistant',
        finish: 'tool-calls',
        contents: [{ type: 'tool-call', id: 'call_1_0', name: 'add', input: {} }],
      },
      { role: 'user', contents: [{ type: 'tool-result', id: 'call_1_0', name: 'add', content: '2' }] },
      { role: 'assistant', finish: 'stop', contents: [{ type: 'text', text: '2' }] },
    ])
    expect(await chat.chat('thanks')).toBe('ok')
    expect(await chat.chat('bye')).toBe('ok')
    expect(seen).toHaveLength(3)
    const [call, result] = seen[1] as [string, string]
    expect(call).toBe(result)
    expect(seen[2]).toEqual(seen[1])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
