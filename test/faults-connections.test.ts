import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type IncomingMessage, type ServerResponse, createServer, request as httpRequest } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type Socket, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Chat, chatOpenAICompatible } from 'natter'
import {
  begin,
  completion,
  finish,
  listen,
  loopback,
  rawLoopback,
  say,
  sse,
  watch,
  willing,
} from './loopback.ts'

const at = (baseUrl: string, retries = 0): Chat =>
  chatOpenAICompatible({ baseUrl, model: 'm', retries, timeout: 10_000 })

const OK = JSON.stringify(completion('ok'))
const KEPT = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${OK.length}\r\n\r\n${OK}`

beforeEach(() => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']) {
    vi.stubEnv(name, '')
    vi.stubEnv(name.toLowerCase(), '')
  }
})
afterEach(() => vi.unstubAllEnvs())

describe('a kept-alive connection', () => {
  test('is used again', async () => {
    const server = await loopback(willing)
    const chat = at(server.url)
    for (let n = 0; n < 5; n++) await chat.chat('hi')
    for (let n = 0; n < 5; n++) await watch(chat)
    expect(server.connections()).toBe(1)
  })

  test('that the server resets when it is used again costs one more request and no failure', async () => {
    const served = new Map<Socket, number>()
    const server = await rawLoopback((socket) => {
      const n = served.get(socket) ?? 0
      served.set(socket, n + 1)
      if (n === 0) socket.write(KEPT)
      else socket.resetAndDestroy()
    })
    const chat = at(server.url)
    expect(await chat.chat('one')).toBe('ok')
    const started = performance.now()
    expect(await chat.chat('two')).toBe('ok')
    expect(performance.now() - started).toBeLessThan(250)
    expect(server.requests).toHaveLength(3)
    expect(server.connections()).toBe(2)
  })

  test('that the server closes when it is used again costs one more request and no failure', async () => {
    const served = new Map<Socket, number>()
    const server = await rawLoopback((socket) => {
      const n = served.get(socket) ?? 0
      served.set(socket, n + 1)
      if (n === 0) socket.write(KEPT)
      else socket.end()
    })
    const chat = at(server.url)
    for (const prompt of ['one', 'two', 'three']) expect(await chat.chat(prompt)).toBe('ok')
    expect(server.requests.length).toBeLessThanOrEqual(5)
  })

  test('that the server closed meanwhile is not used again', async () => {
    const server = await rawLoopback((socket) => {
      socket.write(KEPT)
      setTimeout(() => socket.end(), 10)
    })
    const chat = at(server.url)
    for (const prompt of ['one', 'two', 'three']) {
      expect(await chat.chat(prompt)).toBe('ok')
      await delay(40)
    }
    expect(server.requests).toHaveLength(3)
  })

  test('is asked anew only once: a server that hangs up every time is an error', async () => {
    let isOpen = true
    const server = await rawLoopback((socket) => {
      if (isOpen) socket.write(KEPT)
      else socket.resetAndDestroy()
      isOpen = false
    })
    const chat = at(server.url)
    await chat.chat('one')
    await expect(chat.chat('two')).rejects.toMatchObject({
      code: 'connection',
      message: expect.stringMatching(/reset/),
    })
    expect(server.requests).toHaveLength(3)
    expect(chat.turns).toHaveLength(2)
  })

  test('that breaks in mid-answer is not asked anew', async () => {
    const server = await rawLoopback((socket, n) => {
      if (n === 0) return socket.write(KEPT)
      socket.write(`HTTP/1.1 200 OK\r\n\r\n${sse(say('Hel'))}`)
      return setTimeout(() => socket.resetAndDestroy(), 30)
    })
    const chat = at(server.url)
    await chat.chat('one')
    expect(await watch(chat, 'two')).toMatchObject({ text: 'Hel', error: { code: 'connection' } })
    expect(server.requests).toHaveLength(2)
  })

  test('is closed where the server goes on after [DONE]', async () => {
    const server = await loopback((reply) => begin(reply, say('ok'), finish(), '[DONE]'))
    expect(await watch(at(server.url))).toMatchObject({ text: 'ok', error: undefined })
    const over = performance.now()
    await server.asked[0]?.closed
    expect(performance.now() - over).toBeLessThan(1500)
  })

  test('to one server is shared by all chats, and many at once do not wait for each other', async () => {
    const server = await loopback((reply, asked) => setTimeout(() => void willing(reply, asked, 0), 50))
    const started = performance.now()
    await Promise.all(Array.from({ length: 40 }, () => at(server.url).chat('hi')))
    expect(performance.now() - started).toBeLessThan(1500)
    const before = server.connections()
    await Promise.all(Array.from({ length: 40 }, () => at(server.url).chat('hi')))
    expect(server.connections()).toBe(before)
  })
})

describe('HTTP_PROXY', () => {
  /** A proxy that forwards, and counts what it is asked. */
  async function proxy(forward = pass): Promise<{ url: string; seen: string[] }> {
    const seen: string[] = []
    const server = createServer((request, reply) => {
      seen.push(`${request.method} ${request.url}`)
      forward(request, reply, seen.length - 1)
    })
    return { url: `http://127.0.0.1:${await listen(server)}`, seen }
  }

  function pass(request: IncomingMessage, reply: ServerResponse, _n: number): void {
    const { method, headers } = request
    const onward = httpRequest(request.url ?? '', { method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(reply)
    })
    request.pipe(onward)
  }

  test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])('is used for http when set as %s', async (name) => {
    const server = await loopback(willing)
    const { url, seen } = await proxy()
    vi.stubEnv(name, url)
    const chat = at(server.url)
    expect(await chat.chat('one')).toBe('ok')
    expect(await watch(chat, 'two')).toMatchObject({ text: 'ok', error: undefined })
    const target = `POST ${server.url}/chat/completions`
    expect(seen).toEqual([target, target])
  })

  test.each(['127.0.0.1', '*', 'example.com, 127.0.0.1'])(
    'is left aside for hosts in NO_PROXY=%s',
    async (list) => {
      const server = await loopback(willing)
      const { url, seen } = await proxy()
      vi.stubEnv('HTTP_PROXY', url)
      vi.stubEnv('NO_PROXY', list)
      expect(await at(server.url).chat('hi')).toBe('ok')
      expect(seen).toEqual([])
    },
  )

  test('is used again where a kept-alive connection to it was closed', async () => {
    const server = await loopback(willing)
    const { url, seen } = await proxy((request, reply, n) => {
      if (n === 1) request.socket.resetAndDestroy()
      else pass(request, reply, n)
    })
    vi.stubEnv('HTTP_PROXY', url)
    const chat = at(server.url)
    await chat.chat('one')
    expect(await chat.chat('two')).toBe('ok')
    expect(seen).toHaveLength(3)
  })

  test('that cannot be reached is an error', async () => {
    const server = await loopback(willing)
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9')
    await expect(at(server.url).chat('hi')).rejects.toMatchObject({ code: 'connection' })
    expect(server.asked).toHaveLength(0)
  })
})

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
if (!hasOpenssl)
  console.log('connections: https tests skipped, there is no openssl to make a certificate with')

describe.runIf(hasOpenssl)('https', () => {
  async function secureServer(): Promise<number> {
    const folder = mkdtempSync(join(tmpdir(), 'natter-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
    ]
    execFileSync('openssl', ['req', '-x509', ...made, '-days', '2', '-subj', '/CN=localhost'], {
      stdio: 'ignore',
    })
    const options = { key: readFileSync(key), cert: readFileSync(cert) }
    rmSync(folder, { recursive: true })
    return listen(
      createSecureServer(options, (request, reply) => {
        request.resume().once('end', () => reply.end(OK))
      }),
    )
  }

  test('with a certificate nobody vouches for is an error that says so', async () => {
    const port = await secureServer()
    const error: unknown = await at(`https://127.0.0.1:${port}/v1`)
      .chat('hi')
      .catch((it: unknown) => it)
    expect(error).toMatchObject({
      code: 'connection',
      message: expect.stringMatching(/self.signed certificate/),
    })
  })

  test('goes through HTTPS_PROXY as a tunnel', async () => {
    const port = await secureServer()
    const tunnels: string[] = []
    const proxy = createServer()
    proxy.on('connect', (request: IncomingMessage, client: Socket) => {
      tunnels.push(request.url ?? '')
      const upstream = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        upstream.pipe(client).pipe(upstream)
      })
      upstream.on('error', () => client.destroy())
      client.on('error', () => upstream.destroy())
    })
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${await listen(proxy)}`)
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const chat = at(`https://localhost:${port}/v1`)
    expect(await chat.chat('one')).toBe('ok')
    expect(await chat.chat('two')).toBe('ok')
    expect(tunnels).toEqual([`localhost:${port}`])
    emitted.mockRestore()
  })
})
