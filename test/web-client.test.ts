import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { t, tool } from 'natter'
import { type ChatHandler, type RunEvent, chatHandler } from 'natter/web'
import { listen } from './loopback.ts'
import { scripted } from './web/visitor.ts'

type Client = {
  ask(text: string): Promise<void>
  stop(): Promise<Response>
  decide(call: string, isApproved: boolean, reason?: string): Promise<Response>
}
const { connect } = (await import(pathToFileURL(resolve('examples/web-client.js')).href)) as {
  connect: (address: string, onEvent: (event: RunEvent) => void) => Client
}

/** The handler behind a real server, and its connections. */
async function serve(
  handler: ChatHandler,
): Promise<{ readonly address: string; readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createServer(getRequestListener(handler, { overrideGlobalObjects: false }))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return { address: `http://127.0.0.1:${await listen(server)}/chat`, sockets }
}

const textIn = (events: readonly RunEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('')

test('asks, and goes on with the conversation', async () => {
  let sent = 0
  const { address } = await serve(
    chatHandler(scripted(['Hello.', ({ messages }) => ((sent = messages.length), 'Again.')])),
  )
  const events: RunEvent[] = []
  const client = connect(address, (event) => events.push(event))
  await client.ask('Hi')
  await client.ask('And?')
  expect(textIn(events)).toBe('Hello.Again.')
  expect(sent).toBe(3)
})

test('loses nothing where the connection is lost again and again', async () => {
  const chunks = Array.from({ length: 12 }, (_, n) => `${n} `)
  const { address, sockets } = await serve(chatHandler(scripted([{ chunks, pause: 40 }])))
  const events: RunEvent[] = []
  let cuts = 0
  const client = connect(address, (event) => {
    events.push(event)
    if (event.type !== 'text' || cuts === 3) return
    cuts++
    for (const socket of sockets) socket.destroy()
  })
  await client.ask('Count')
  expect(cuts).toBe(3)
  expect(textIn(events)).toBe(chunks.join(''))
  expect(events.at(-1)?.type).toBe('end')
})

test('stops an answer, and decides on calls', async () => {
  const ran: string[] = []
  const act = tool({
    name: 'act',
    description: 'Acts',
    input: t.object({}),
    needsApproval: true,
    run: () => void ran.push('ran'),
  })
  const call = { toolCalls: [{ name: 'act', arguments: {} }] }
  const handler = chatHandler(scripted([call, { chunks: ['one ', 'two'], pause: 5000 }], { tools: [act] }), {
    approvals: true,
  })
  const { address } = await serve(handler)
  const types: string[] = []
  const client = connect(address, (event) => {
    types.push(event.type)
    if (event.type === 'approval') void client.decide(event.id, true)
    if (event.type === 'text') void client.stop()
  })
  await client.ask('Act')
  expect(ran).toEqual(['ran'])
  expect(types).toEqual(['run', 'approval', 'text', 'turn', 'end'])
})

test('says what a server refuses', async () => {
  const { address } = await serve(chatHandler(scripted([])))
  await expect(connect(address, () => undefined).ask(' ')).rejects.toThrow('text must be what is asked.')
})

test('is 60 lines at most', () => {
  expect(readFileSync('examples/web-client.js', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(60)
})

// Preact has the hooks of React, and their types.
const REACT = resolve('node_modules/preact/compat')
let folder = ''
beforeAll(() => {
  execFileSync(process.execPath, ['scripts/fresh-dist.mjs'], { stdio: 'pipe' })
  mkdirSync('.cache', { recursive: true })
  folder = mkdtempSync('.cache/hook-')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the hook for React type-checks', () => {
  const compilerOptions = {
    jsx: 'preserve',
    allowJs: true,
    checkJs: false,
    rootDir: '../..',
    skipLibCheck: true,
    // `natter` is what is built, as it is for a reader.
    paths: { react: [join(REACT, 'src/index.d.ts')] },
  }
  const files = ['../../examples/use-chat.tsx']
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, files, include: [] }),
  )
  execFileSync('node_modules/.bin/tsc', ['-p', folder, '--noEmit'], { encoding: 'utf8' })
})

interface Hook {
  readonly EMPTY: State
  asked(state: State, text: string): State
  told(state: State, event: RunEvent): State
}
interface State {
  readonly draft: string
}

test('the state of the hook follows the events', async () => {
  const outfile = join(folder, 'use-chat.mjs')
  await build({
    entryPoints: ['examples/use-chat.tsx'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias: { react: REACT },
    logLevel: 'silent',
  })
  const hook = (await import(pathToFileURL(resolve(outfile)).href)) as Hook
  const { address } = await serve(chatHandler(scripted(['Hello.', { status: 400 }])))
  let state = hook.asked(hook.EMPTY, 'Hi')
  const drafts: string[] = []
  const client = connect(address, (event) => {
    state = hook.told(state, event)
    drafts.push(state.draft)
  })
  await client.ask('Hi')
  expect(drafts).toContain('Hello.')
  expect(state).toEqual({
    turns: [
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Hello.' },
    ],
    draft: '',
    isAnswering: false,
    approvals: [],
  })
  state = hook.asked(state, 'More')
  await client.ask('More')
  expect(state).toMatchObject({ isAnswering: false, error: expect.any(String) as string })
})
