import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type AssistantTurn, chatGroq, chatVLLM, t, tool } from 'natter'
import { fakeModel } from 'natter/testing'
import type { NodeView, RunEvent, SessionView, StateView, UploadView } from '../src/web/protocol.ts'
import { Visitor, saidIn, scripted, serve } from './web/visitor.ts'

const SLOW = { chunks: ['one ', 'two ', 'three ', 'four ', 'five'], pause: 40 }
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const typesOf = (events: readonly RunEvent[]): readonly string[] => events.map(({ type }) => type)
const nodesOf = (events: readonly RunEvent[]): readonly NodeView[] =>
  events.flatMap((event) => ('node' in event ? [event.node] : []))

test('says what it is, and what conversations begin with', async () => {
  const add = tool({
    name: 'add',
    description: 'Adds',
    input: t.object({ a: t.number() }),
    needsApproval: true,
    run: () => 1,
  })
  const chat = scripted([], { systemPrompt: 'Be terse.', params: { temperature: 0 }, tools: [add] })
  const visitor = await Visitor.enter(await serve(chat))
  expect(await visitor.get<StateView>('GET', 'api/state')).toEqual({
    version: '1.2.3',
    settings: { model: 'openai-compatible/fake', system: 'Be terse.', params: { temperature: 0 } },
    providers: [],
    tools: [{ name: 'add', description: 'Adds', needsApproval: true }],
    maxUpload: 25_000_000,
  })
  expect(await visitor.get('GET', 'api/models?provider=openai-compatible')).toMatchObject([{ id: 'fake' }])
})

describe('a conversation', () => {
  test('is asked in, and each turn joins the tree', async () => {
    const chat = scripted(['Hello there.', 'Four.'])
    const visitor = await Visitor.enter(await serve(chat))
    const { id, nodes } = await visitor.begin()
    expect(nodes).toEqual([])
    const events = await visitor.talk(id, { text: 'Hi' })
    expect(typesOf(events).at(0)).toBe('question')
    expect(typesOf(events).slice(-2)).toEqual(['turn', 'end'])
    const view = await visitor.view(id)
    expect(saidIn(view)).toEqual(['Hi', 'Hello there.'])
    expect(nodesOf(events)).toEqual(view.nodes)
    expect(view.title).toBe('Hi')
    expect(view.run).toBeUndefined()
    expect(view.nodes[1]?.turn).toMatchObject({
      role: 'assistant',
      finish: 'stop',
      duration: expect.any(Number) as number,
    })
    await visitor.talk(id, { text: '2+2?', parent: view.head })
    expect(saidIn(await visitor.view(id))).toEqual(['Hi', 'Hello there.', '2+2?', 'Four.'])
    // The chat of the program is untouched.
    expect(chat.turns).toEqual([])
  })

  test('has versions of questions and answers, and shows the branch that was chosen', async () => {
    const visitor = await Visitor.enter(await serve(scripted(['A1', 'A2', 'B1', 'C1'])))
    const { id } = await visitor.begin()
    await visitor.talk(id, { text: 'Q' })
    const [question, answer] = (await visitor.view(id)).nodes
    const again = await visitor.talk(id, { parent: question?.id })
    expect(typesOf(again)).not.toContain('question')
    await visitor.talk(id, { text: 'Q edited' })
    const view = await visitor.view(id)
    expect(view.nodes.map(({ parent }) => parent)).toEqual([
      undefined,
      question?.id,
      question?.id,
      undefined,
      view.nodes[3]?.id,
    ])
    const shown = await visitor.get<SessionView>('PATCH', `api/sessions/${id}`, { head: answer?.id })
    expect(shown.head).toBe(answer?.id)
    await visitor.talk(id, { text: 'more', parent: answer?.id })
    expect((await visitor.view(id)).nodes.at(-2)).toMatchObject({ parent: answer?.id })
  })

  test('is named, listed, searched, exported and deleted', async () => {
    const visitor = await Visitor.enter(await serve(scripted(['A fjord is a long inlet.'])))
    const { id } = await visitor.begin()
    const other = await visitor.begin()
    await visitor.talk(id, { text: 'What is a fjord?' })
    await visitor.get('PATCH', `api/sessions/${other.id}`, { title: 'Other' })
    const list = await visitor.get<readonly SessionView[]>('GET', 'api/sessions')
    expect(list.map(({ title }) => title)).toEqual(['What is a fjord?', 'Other'])
    expect(await visitor.get('GET', 'api/sessions?q=LONG+inlet')).toMatchObject([
      { id, snippet: 'A fjord is a long inlet.' },
    ])
    for (const format of ['markdown', 'html', 'jsonl']) {
      const response = await visitor.send('GET', `api/sessions/${id}/export?format=${format}`)
      expect(response.headers.get('content-disposition')).toContain('What%20is%20a%20fjord')
      expect(await response.text()).toContain('long inlet')
    }
    expect((await visitor.send('GET', `api/sessions/${id}/export?format=constructor`)).status).toBe(400)
    await visitor.get('DELETE', `api/sessions/${id}`)
    expect((await visitor.send('GET', `api/sessions/${id}`)).status).toBe(404)
  })

  test('takes settings, and leaves the model to the program', async () => {
    const asked: unknown[] = []
    const chat = scripted([(request) => (asked.push(request), 'ok')])
    const visitor = await Visitor.enter(await serve(chat))
    const { id } = await visitor.begin({ system: 'Be kind.' })
    const settings = { params: { temperature: 0.5 } }
    expect(await visitor.get('PATCH', `api/sessions/${id}`, { settings })).toMatchObject({
      settings: { system: 'Be kind.', params: { temperature: 0.5 } },
    })
    await visitor.talk(id, { text: 'Hi' })
    expect(asked).toMatchObject([
      { temperature: 0.5, messages: [{ role: 'system', content: 'Be kind.' }, { role: 'user' }] },
    ])
    for (const wrong of [
      { model: 'openai/gpt-x' },
      { params: { temperature: -1 } },
      { params: [] },
      { system: 7 },
      'x',
    ])
      expect(
        (await visitor.send('PATCH', `api/sessions/${id}`, { settings: wrong })).status,
      ).toBeGreaterThanOrEqual(400)
    const view = await visitor.get<SessionView>('PATCH', `api/sessions/${id}`, { settings: { system: '' } })
    expect(view.settings).toEqual({ model: 'openai-compatible/fake', params: { temperature: 0.5 } })
  })

  test('is kept in a folder, and gone on with by the next server, without a key in any file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'natter-history-'))
    const first = await serve(scripted(['Hello.']), { history: folder })
    const visitor = await Visitor.enter(first)
    const { id } = await visitor.begin()
    await visitor.talk(id, { text: 'Hi' })
    await first.close()
    let sent: readonly unknown[] = []
    const next = await Visitor.enter(
      await serve(scripted([({ messages }) => ((sent = messages), 'Again.')]), { history: folder }),
    )
    const view = await next.view(id)
    await next.talk(id, { text: 'And?', parent: view.head })
    expect(sent).toMatchObject([{ content: 'Hi' }, { content: 'Hello.' }, { content: 'And?' }])
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('sk-secret')
    rmSync(folder, { recursive: true })
  })
})

describe('an answer under way', () => {
  test('goes on when everybody leaves, and whoever comes back misses nothing', async () => {
    const visitor = await Visitor.enter(await serve(scripted([SLOW])))
    const { id } = await visitor.begin()
    const run = await visitor.ask(id, { text: 'Count' })
    expect((await visitor.view(id)).run).toBe(run)
    const leaving = new AbortController()
    let text = ''
    let after = 0
    for await (const told of visitor.events(run, 0, leaving.signal)) {
      after = told.id
      if (told.event.type === 'text') text += told.event.text
      if (text.includes('two')) break
    }
    leaving.abort()
    const rest = await visitor.all(run, after)
    expect(rest.every(({ id: at }) => at > after)).toBe(true)
    for (const { event } of rest) if (event.type === 'text') text += event.text
    expect(text).toBe('one two three four five')
    expect(saidIn(await visitor.view(id))).toEqual(['Count', 'one two three four five'])
    // A browser that comes back after the end is sent away for good.
    const end = rest.at(-1)?.id ?? 0
    expect((await visitor.send('GET', `api/runs/${run}/events?after=${end}`)).status).toBe(204)
  })

  test('is the same for all who watch, whenever they come', async () => {
    const visitor = await Visitor.enter(await serve(scripted([SLOW])))
    const { id } = await visitor.begin()
    const run = await visitor.ask(id, { text: 'Count' })
    const early = visitor.all(run)
    await sleep(70)
    const late = await visitor.all(run)
    const textOf = (all: Awaited<typeof early>): string =>
      all.map(({ event }) => (event.type === 'text' ? event.text : '')).join('')
    expect(textOf(await early)).toBe('one two three four five')
    expect(textOf(late)).toBe('one two three four five')
    expect(late.at(-1)).toEqual((await early).at(-1))
    // After the end the pieces are one.
    expect(typesOf((await visitor.all(run)).map(({ event }) => event))).toEqual([
      'question',
      'text',
      'turn',
      'end',
    ])
  })

  test('is stopped, and keeps what has come', async () => {
    const visitor = await Visitor.enter(await serve(scripted([{ ...SLOW, pause: 2000 }])))
    const { id } = await visitor.begin()
    const run = await visitor.ask(id, { text: 'Count' })
    for await (const { event } of visitor.events(run)) if (event.type === 'text') break
    await visitor.get('POST', `api/runs/${run}/stop`)
    const events = (await visitor.all(run)).map(({ event }) => event)
    expect(typesOf(events)).not.toContain('error')
    expect((await visitor.view(id)).nodes[1]?.turn).toMatchObject({
      finish: 'aborted',
      contents: [{ text: 'one ' }],
    })
  })

  test('is one at a time, and ends with the conversation when that is deleted', async () => {
    const visitor = await Visitor.enter(await serve(scripted([{ ...SLOW, pause: 2000 }])))
    const { id } = await visitor.begin()
    const run = await visitor.ask(id, { text: 'Count' })
    expect((await visitor.send('POST', `api/sessions/${id}/runs`, { text: 'Again' })).status).toBe(409)
    await visitor.get('DELETE', `api/sessions/${id}`)
    expect((await visitor.all(run)).at(-1)?.event.type).toBe('end')
    expect(await visitor.get('GET', 'api/sessions')).toEqual([])
  })

  test('does not take back settings that are changed meanwhile', async () => {
    const visitor = await Visitor.enter(await serve(scripted([SLOW])))
    const { id } = await visitor.begin()
    const run = await visitor.ask(id, { text: 'Count' })
    await visitor.get('PATCH', `api/sessions/${id}`, { settings: { system: 'Be kind.' } })
    await visitor.all(run)
    expect((await visitor.view(id)).settings.system).toBe('Be kind.')
  })

  test('that fails says what to do, and the question can be asked again', async () => {
    const visitor = await Visitor.enter(
      await serve(scripted([{ status: 429, message: 'slow down' }, { text: 'half', cut: 1 }, 'whole'])),
    )
    const { id } = await visitor.begin()
    const refused = await visitor.talk(id, { text: 'Hi' })
    expect(refused.find(({ type }) => type === 'error')).toMatchObject({
      error: { code: 'rate-limited', mayPass: true, message: expect.stringContaining('slow down') as string },
    })
    const [question] = (await visitor.view(id)).nodes
    const cut = await visitor.talk(id, { parent: question?.id })
    expect(typesOf(cut).slice(-3)).toEqual(['turn', 'error', 'end'])
    await visitor.talk(id, { parent: question?.id })
    const view = await visitor.view(id)
    expect(saidIn(view)).toEqual(['Hi', 'half', 'whole'])
    expect(view.nodes.map(({ turn }) => (turn.role === 'assistant' ? turn.finish : ''))).toEqual([
      '',
      'error',
      'stop',
    ])
    // An answer that cannot be asked again, and one that is not there.
    for (const request of [
      { parent: view.nodes[1]?.id },
      { parent: '0000000000000000' },
      {},
      { text: '' },
      { text: 7 },
    ])
      expect((await visitor.send('POST', `api/sessions/${id}/runs`, request)).status).toBe(400)
  })
})

describe('tools', () => {
  const deed: string[] = []
  const act = tool({
    name: 'act',
    description: 'Acts',
    input: t.object({ what: t.string() }),
    needsApproval: true,
    run: ({ what }) => {
      deed.push(what)
      return `did ${what}`
    },
  })
  const call = (what: string): object => ({ toolCalls: [{ name: 'act', arguments: { what } }] })

  test('run once a person has allowed it, and results join the tree', async () => {
    const visitor = await Visitor.enter(await serve(scripted([call('good'), 'Done.'], { tools: [act] })))
    const { id } = await visitor.begin()
    const run = await visitor.ask(id, { text: 'Act' })
    for await (const { event } of visitor.events(run)) {
      if (event.type !== 'approval') continue
      expect(event).toMatchObject({ name: 'act', input: { what: 'good' } })
      expect(deed).toEqual([])
      // Another tab sees it too.
      expect(
        (await visitor.send('POST', `api/runs/${run}/approvals/other`, { isApproved: true })).status,
      ).toBe(404)
      await visitor.get('POST', `api/runs/${run}/approvals/${encodeURIComponent(event.id)}`, {
        isApproved: true,
      })
    }
    expect(deed).toEqual(['good'])
    const view = await visitor.view(id)
    expect(view.nodes.map(({ turn }) => turn.contents[0]?.type)).toEqual([
      'text',
      'tool-call',
      'tool-result',
      'text',
    ])
    expect(typesOf((await visitor.all(run)).map(({ event }) => event))).not.toContain('approval')
  })

  test('do not run where it is denied, and the model is told why', async () => {
    deed.length = 0
    let told: unknown
    const last = ({ messages }: { messages: readonly unknown[] }): string => (
      (told = messages.at(-1)),
      'A pity.'
    )
    const visitor = await Visitor.enter(await serve(scripted([call('bad'), last], { tools: [act] })))
    const { id } = await visitor.begin()
    const run = await visitor.ask(id, { text: 'Act' })
    for await (const { event } of visitor.events(run))
      if (event.type === 'approval')
        await visitor.get('POST', `api/runs/${run}/approvals/${event.id}`, {
          isApproved: false,
          reason: 'too risky',
        })
    expect(deed).toEqual([])
    expect(JSON.stringify(told)).toContain('too risky')
  })

  test('that wait are denied when the answer is stopped, and the conversation goes on', async () => {
    deed.length = 0
    let told: readonly unknown[] = []
    const visitor = await Visitor.enter(
      await serve(scripted([call('late'), ({ messages }) => ((told = messages), 'Yes.')], { tools: [act] })),
    )
    const { id } = await visitor.begin()
    const run = await visitor.ask(id, { text: 'Act' })
    for await (const { event } of visitor.events(run))
      if (event.type === 'approval') await visitor.get('POST', `api/runs/${run}/stop`)
    const view = await visitor.view(id)
    expect(view.nodes.map(({ turn }) => turn.contents[0]?.type)).toEqual(['text', 'tool-call', 'tool-result'])
    await visitor.talk(id, { text: 'Still there?', parent: view.head })
    expect(deed).toEqual([])
    expect(told.map((message) => (message as { role: string }).role)).toEqual([
      'user',
      'assistant',
      'tool',
      'user',
    ])
  })

  test('are decided on by the program where it has its own way', async () => {
    deed.length = 0
    const approve = (): boolean => true
    const visitor = await Visitor.enter(
      await serve(scripted([call('own'), 'Done.'], { tools: [act], approve })),
    )
    const { id } = await visitor.begin()
    expect(typesOf(await visitor.talk(id, { text: 'Act' }))).not.toContain('approval')
    expect(deed).toEqual(['own'])
  })
})

describe('attachments', () => {
  test('are known by their bytes, sent to the model, and shown by an address', async () => {
    let sent: unknown
    const visitor = await Visitor.enter(
      await serve(scripted([({ messages }) => ((sent = messages), 'Seen.')])),
    )
    const { id } = await visitor.begin()
    const upload = (bytes: Buffer, name: string): Promise<Response> =>
      visitor.send('POST', 'api/uploads', new Uint8Array(bytes), {
        'content-type': 'text/html',
        'x-file-name': encodeURIComponent(name),
      })
    const picture = (await (await upload(Buffer.from(PNG, 'base64'), 'ä.html')).json()) as UploadView
    expect(picture).toMatchObject({ kind: 'image', mimeType: 'image/png', name: 'ä.html', size: 70 })
    const page = (await (
      await upload(Buffer.from('<script>alert(1)</script>'), 'x.html')
    ).json()) as UploadView
    expect(page).toMatchObject({ kind: 'document' })
    expect((await upload(Buffer.from([0, 1, 2, 3]), 'x.bin')).status).toBe(400)
    await visitor.talk(id, { text: 'What is it?', uploads: [picture.id, page.id] })
    expect(JSON.stringify(sent)).toContain(PNG)
    const { nodes } = await visitor.view(id)
    expect(JSON.stringify(nodes)).not.toContain(PNG)
    const [image, document] = (nodes[0]?.turn.contents ?? []) as readonly { readonly url: string }[]
    const shown = await visitor.send('GET', image?.url ?? '')
    expect(shown.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await shown.arrayBuffer()).toString('base64')).toBe(PNG)
    // What could run is only ever saved.
    const saved = await visitor.send('GET', document?.url ?? '')
    expect(saved.headers.get('content-type')).toBe('application/octet-stream')
    expect(saved.headers.get('content-disposition')).toContain('attachment')
    expect(saved.headers.get('content-security-policy')).toContain('sandbox')
    // They were used up.
    expect(
      (await visitor.send('POST', `api/sessions/${id}/runs`, { text: 'x', uploads: [page.id] })).status,
    ).toBe(400)
    for (const path of ['0/0', `${nodes[0]?.id}/9`, `${nodes[0]?.id}/-1`, `${nodes[0]?.id}/x`, 'x/0'])
      expect((await visitor.send('GET', `api/sessions/${id}/media/${path}`)).status).toBe(404)
  })
})

test('an answer says what it took and cost, and who gave it', async () => {
  const usage = { input: 1_000_000, output: 1_000_000 }
  const chat = chatGroq({
    model: 'llama-3.1-8b-instant',
    apiKey: 'x',
    fetch: fakeModel([{ text: 'Hi.', usage }]),
  })
  // The list of prices is long: that it is loaded is not what is waited for here.
  await chat
    .clone()
    .setTurns([{ role: 'assistant', contents: [], finish: 'stop', usage }])
    .cost()
  const visitor = await Visitor.enter(await serve(chat))
  const { id } = await visitor.begin()
  await visitor.talk(id, { text: 'Hi' })
  const turn = (await visitor.view(id)).nodes[1]?.turn as AssistantTurn
  expect(turn).toMatchObject({ provider: 'groq', usage, duration: expect.any(Number) as number })
  expect(turn.cost).toBeGreaterThan(0)
})

test('a server that says itself which model it has needs none named', async () => {
  const chat = chatVLLM({ baseUrl: 'http://fake.test/v1', fetch: fakeModel(['Hi.']) })
  const visitor = await Visitor.enter(await serve(chat))
  const { id, settings } = await visitor.begin()
  expect(settings.model).toBe('vllm')
  await visitor.talk(id, { text: 'Hi' })
  expect(saidIn(await visitor.view(id))).toEqual(['Hi', 'Hi.'])
})

test('no answer ever holds the key', async () => {
  const visitor = await Visitor.enter(
    await serve(scripted([{ status: 401, message: 'Bad key sk-secret-key-of-the-server' }, 'fine'])),
  )
  const { id } = await visitor.begin()
  await visitor.talk(id, { text: 'Hi' })
  await visitor.talk(id, { text: 'Hi' })
  await visitor.get('GET', 'api/state')
  await visitor.view(id)
  expect(visitor.seen.join('')).toContain('unauthorized')
  expect(visitor.seen.join('')).not.toContain('sk-secret')
})
