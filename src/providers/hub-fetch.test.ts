import { describe, expect, test, vi } from 'vitest'
import { asked, chatty, hub, json, refused } from '../../test/hub-pages.ts'
import { type HubModelOptions, hubModel } from './hub-model.ts'

describe('the token', () => {
  const ask = async (options: HubModelOptions): Promise<readonly string[]> => {
    await hub({ '/api/models/org/model': json(chatty) })
    await hubModel('org/model', options)
    return asked.map((line) => line.split(' ').slice(1).join(' '))
  }

  test('is sent where there is one', async () => {
    expect(await ask({ token: () => 'hf_secret\n' })).toEqual(['Bearer hf_secret'])
    asked.length = 0
    expect(await ask({ token: () => Promise.resolve('hf_later') })).toEqual(['Bearer hf_later'])
  })

  test('is done without where there is none, it is none, or it cannot be had', async () => {
    const none: readonly HubModelOptions[] = [
      {},
      { token: () => undefined },
      { token: () => 'hf_with a space' },
      { token: () => Promise.reject(new Error('no keychain')) },
    ]
    for (const options of none) {
      asked.length = 0
      expect(await ask(options)).toEqual(['no token'])
    }
  })

  test('that the Hub does not know is left out: what is public is there without it', async () => {
    await hub({
      '/api/models/org/model': (reply, request) =>
        (request.headers.authorization ? refused(401) : json({ ...chatty, config: {} }))(reply, request),
    })
    expect(await hubModel('org/model', { token: () => 'hf_old' })).toMatchObject({ isConversational: true })
    expect(asked.map((line) => line.endsWith('hf_old'))).toEqual([true, false, false, false])
  })

  const hosts: readonly (readonly [string, boolean])[] = [
    ['https://huggingface.co', true],
    ['http://huggingface.co', false],
    ['https://hub.acme.example', false],
    ['https://huggingface.co.acme.example', false],
    ['https://acme-huggingface.co', false],
    ['http://127.0.0.1:8080', true],
  ]
  for (const [host, isSent] of hosts)
    test(`${isSent ? 'goes' : 'does not go'} to ${host}`, async () => {
      vi.stubEnv('HF_ENDPOINT', host)
      const seen: (string | null)[] = []
      const fetch = ((url: string, init: RequestInit) => {
        expect(new URL(url).origin).toBe(host)
        seen.push(new Headers(init.headers).get('authorization'))
        return Promise.resolve(Response.json(chatty))
      }) as typeof globalThis.fetch
      await hubModel('org/model', { line: { fetch }, token: () => 'hf_secret' })
      expect(seen).toEqual([isSent ? 'Bearer hf_secret' : null])
    })
})
