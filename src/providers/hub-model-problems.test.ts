import { describe, expect, test, vi } from 'vitest'
import { type Page, asked, chatty, hub, json, moved, refused, silent, text } from '../../test/hub-pages.ts'
import { hubModel } from './hub-model.ts'

describe('a model that was renamed', () => {
  test('is followed to its new name, with the same question', async () => {
    await hub({
      '/api/models/model': moved('/api/models/org/model'),
      '/api/models/org/model': json({ ...chatty, config: {} }),
      '/org/model/resolve/main/chat_template.jinja': text('T'),
    })
    expect(await hubModel('model')).toMatchObject({ id: 'org/model', template: 'T' })
    expect(asked[1]).toMatch(/^\/api\/models\/org\/model\?expand\[\]=config&/)
  })

  test('is not followed to another host', async () => {
    const elsewhere = await hub({ '/api/models/org/model': json(chatty) })
    await hub({ '/api/models/org/model': moved(`${elsewhere}/api/models/org/model`) })
    expect(await hubModel('org/model', { token: () => 'hf_secret' })).toEqual({
      id: 'org/model',
      problem: 'offline',
    })
    expect(asked).toHaveLength(1)
  })

  for (const location of ['/api/models/org/model', '', 'http://'])
    test(`nor in a circle, or nowhere: ${JSON.stringify(location)}`, async () => {
      await hub({ '/api/models/org/model': moved(location) })
      expect(await hubModel('org/model')).toEqual({ id: 'org/model', problem: 'offline' })
    })

  test('nor for ever', async () => {
    await hub({
      '/api/models/org/model': moved('/api/models/org/other?a=1'),
      '/api/models/org/other': moved('/api/models/org/model'),
    })
    expect(await hubModel('org/model')).toEqual({ id: 'org/model', problem: 'offline' })
    expect(asked.length).toBeLessThan(10)
  })
})

describe('a problem is told, not thrown', () => {
  const problems: readonly (readonly [string, Page, string])[] = [
    ['a model that is not there', refused(404, 'RepoNotFound'), 'not-found'],
    ['one that only its owner may know', refused(401, 'RepoNotFound'), 'not-found'],
    ['the same in the words of older answers', refused(401), 'not-found'],
    ['a gated one, for who is not signed in', refused(401, 'GatedRepo'), 'gated'],
    ['a gated one, for who has no access', refused(403, 'GatedRepo'), 'gated'],
    ['too many requests', refused(429), 'offline'],
    ['a Hub that is down', refused(503), 'offline'],
    ['a page of a network that wants a login', text('<!DOCTYPE html><html></html>', 'text/html'), 'offline'],
    ['an answer that is no object', json([1]), 'offline'],
    [
      'an answer that is cut off',
      (reply) => {
        reply.writeHead(200, { 'content-length': '1000' })
        reply.write('{"id":')
        setTimeout(() => reply.destroy(), 20)
      },
      'offline',
    ],
  ]
  for (const [what, page, problem] of problems)
    test(what, async () => {
      await hub({ '/api/models/org/model': page })
      expect(await hubModel('org/model')).toEqual({ id: 'org/model', problem })
    })

  test('an answer without end is not read to its end', async () => {
    let sent = 0
    await hub({
      '/api/models/org/model': (reply) => {
        reply.writeHead(200)
        const more = (): void => {
          sent += 1
          if (!reply.destroyed) reply.write('x'.repeat(1 << 20), () => setImmediate(more))
        }
        more()
      },
    })
    expect(await hubModel('org/model')).toEqual({ id: 'org/model', problem: 'offline' })
    expect(sent).toBeLessThan(40)
  })

  test('a Hub that does not answer is not waited for', async () => {
    await hub({ '/api/models/org/model': silent })
    const began = performance.now()
    expect(await hubModel('org/model', { timeout: 200 })).toEqual({ id: 'org/model', problem: 'offline' })
    expect(performance.now() - began).toBeLessThan(2000)
  })

  test('all requests together have one limit', async () => {
    const slow: Page = (reply, request) => setTimeout(() => refused(404)(reply, request), 150)
    await hub({
      '/api/models/org/model': (reply, request) => setTimeout(() => json({})(reply, request), 150),
      '/org/model/resolve/main/chat_template.jinja': slow,
      '/org/model/resolve/main/tokenizer_config.json': slow,
    })
    expect(await hubModel('org/model', { timeout: 250 })).toEqual({ id: 'org/model', problem: 'offline' })
  })

  test('nobody at the address', async () => {
    vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9')
    expect(await hubModel('org/model')).toEqual({ id: 'org/model', problem: 'offline' })
  })

  test('HF_HUB_OFFLINE asks nobody', async () => {
    await hub({ '/api/models/org/model': json(chatty) })
    vi.stubEnv('HF_HUB_OFFLINE', '1')
    expect(await hubModel('org/model')).toEqual({ id: 'org/model', problem: 'offline' })
    expect(asked).toEqual([])
  })

  for (const id of ['', 'a/b/c', '../whoami-v2', 'org/..', 'org/model?x=1', 'org/mo del', 'org/model:groq'])
    test(`a name that no model has: ${JSON.stringify(id)}`, async () => {
      await hub({})
      expect(await hubModel(id)).toEqual({ id, problem: 'not-found' })
      expect(asked).toEqual([])
    })
})

describe('a caller who has had enough', () => {
  test('is heard at once', async () => {
    await hub({ '/api/models/org/model': silent })
    const controller = new AbortController()
    const waiting = hubModel('org/model', { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(waiting).rejects.toThrow('enough')
  })

  test('before it begins', async () => {
    await hub({})
    await expect(hubModel('org/model', { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
    expect(asked).toEqual([])
  })

  test('even while the token is looked for', async () => {
    await hub({})
    const controller = new AbortController()
    const token = (): Promise<string> => new Promise(() => undefined)
    const waiting = hubModel('org/model', { signal: controller.signal, token })
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(waiting).rejects.toThrow('enough')
  })
})
