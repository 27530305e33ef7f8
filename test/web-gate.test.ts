import { type Socket, connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { LiveBrowser } from '../src/web/live-browser.ts'
import { Visitor, scripted, serve } from './web/visitor.ts'

const TOKEN = 'a-token-of-the-user'

/** Sends bytes as they are, and gives all that comes back until the server closes. */
function raw({ port }: { readonly port: number }, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (piece) => (answer += piece.toString('latin1')))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

/** One request with these header lines; the status that is answered. */
async function status(
  page: LiveBrowser,
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<number> {
  const all = {
    host: `127.0.0.1:${page.port}`,
    connection: 'close',
    'content-length': String(body.length),
    ...headers,
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const answer = await raw(page, `${line} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
}

const entranceOf = ({ url }: LiveBrowser): string => new URL(url).pathname + new URL(url).search

describe('the token in the address', () => {
  test('lets the first in who uses it, and nobody after', async () => {
    const page = await serve(scripted([]))
    const first = await fetch(page.url)
    expect(first.headers.get('set-cookie')).toMatch(
      /^natter_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    // Not a redirect: after one from another site a strict cookie would not be sent.
    expect(await first.text()).toContain('http-equiv="refresh"')
    const second = await fetch(page.url)
    expect(second.status).toBe(401)
    expect(second.headers.get('set-cookie')).toBeNull()
  })

  test('is out of the address afterwards, also for who is in already', async () => {
    const page = await serve(scripted([]))
    const visitor = await Visitor.enter(page)
    const again = await fetch(page.url, { headers: { cookie: visitor.cookie } })
    expect(again.status).toBe(200)
    expect(await again.text()).toContain('url=./')
  })

  test('of the user works as often as it is used', async () => {
    const page = await serve(scripted([]), { token: TOKEN })
    for (let n = 0; n < 2; n++) expect((await Visitor.enter(page)).cookie).not.toBe('')
    expect((await fetch(page.url.replace(TOKEN, `${TOKEN}x`))).status).toBe(401)
  })

  test('cannot be guessed for long', async () => {
    const page = await serve(scripted([]))
    const { origin } = new URL(page.url)
    for (let n = 0; n < 10; n++) expect((await fetch(`${origin}/?token=${n}`)).status).toBe(401)
    const refused = await fetch(`${origin}/?token=11`)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    // Not even the right one.
    expect((await fetch(page.url)).status).toBe(429)
  })
})

describe('a password', () => {
  const PASSWORD = 'correct horse'
  const signIn = (origin: string, password: string, from = origin): Promise<Response> =>
    fetch(`${origin}/sign-in`, {
      method: 'POST',
      headers: { origin: from },
      body: new URLSearchParams({ password }),
    })

  test('is asked for, and exchanged for a cookie', async () => {
    const page = await serve(scripted([]), { password: PASSWORD })
    expect(page.url).not.toContain('token')
    const form = await fetch(page.url)
    expect(form.status).toBe(401)
    expect(await form.text()).toContain('type="password"')
    const { origin } = new URL(page.url)
    expect((await signIn(origin, 'wrong')).status).toBe(401)
    expect((await signIn(origin, PASSWORD, 'http://evil.example')).status).toBe(403)
    const cookie = (await signIn(origin, PASSWORD)).headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await fetch(`${origin}/api/state`, { headers: { cookie } })).status).toBe(200)
  })

  test('cannot be guessed for long, nor sent with megabytes', async () => {
    const page = await serve(scripted([]), { password: PASSWORD })
    const { origin } = new URL(page.url)
    expect((await signIn(origin, 'x'.repeat(20_000))).status).toBe(413)
    for (let n = 0; n < 10; n++) await signIn(origin, String(n))
    expect((await signIn(origin, PASSWORD)).status).toBe(429)
  })
})

describe('whoever is not in', () => {
  test('is told nothing but that', async () => {
    const page = await serve(scripted([]))
    const { origin } = new URL(page.url)
    for (const path of [
      'api/state',
      'api/sessions',
      'api/runs/x/events',
      'assets/page-Ab3_x9-Z.js',
      'index.html',
      'x',
    ])
      for (const cookie of [
        '',
        'natter=x',
        `natter_${page.port}=`,
        `natter_${page.port}=undefined`,
        `x; natter_${page.port}=${'A'.repeat(43)}`,
      ]) {
        const response = await fetch(`${origin}/${path}`, { headers: { cookie } })
        expect(response.status, path).toBe(401)
        expect(await response.json()).toMatchObject({ code: 'unauthorized' })
      }
    expect((await fetch(origin)).status).toBe(401)
  })
})

describe('a request', () => {
  test('by another name is refused, even with the right token or cookie (DNS rebinding)', async () => {
    const page = await serve(scripted([]))
    for (const host of [
      'evil.example',
      `evil.example:${page.port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '192.168.0.7',
      '[fe80::1]',
      '',
      'user@127.0.0.1',
    ])
      expect(await status(page, `GET ${entranceOf(page)}`, { host }), host).toBeGreaterThanOrEqual(400)
    // None of them has used the token up.
    const { cookie } = await Visitor.enter(page)
    expect(await status(page, 'GET /api/state', { cookie, host: 'evil.example' })).toBe(403)
    for (const host of [`localhost:${page.port}`, '127.0.0.1', `[::1]:${page.port}`])
      expect(await status(page, 'GET /api/state', { cookie, host }), host).toBe(200)
  })

  test('of another site is refused, even with the cookie (CSRF)', async () => {
    const page = await serve(scripted([]))
    const { cookie, origin } = await Visitor.enter(page)
    const make = (headers: Readonly<Record<string, string>>): Promise<number> =>
      status(page, 'POST /api/sessions', { cookie, 'content-type': 'application/json', ...headers }, '{}')
    for (const other of [
      'http://evil.example',
      'null',
      `http://localhost:${page.port}`,
      `http://127.0.0.1:1`,
      `${origin}.evil.example`,
    ])
      expect(await make({ origin: other }), other).toBe(403)
    expect(await make({})).toBe(403)
    expect(await make({ origin, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await make({ origin, 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await make({ origin, 'content-type': 'text/plain' })).toBe(415)
    expect(await make({ origin, 'sec-fetch-site': 'same-origin' })).toBe(201)
    expect(await status(page, 'GET /api/sessions', { cookie, 'sec-fetch-site': 'cross-site' })).toBe(403)
    // A link that a person follows is no attack.
    expect(
      await status(page, 'GET /', { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }),
    ).toBe(200)
  })

  test('of too many bytes is refused before they have come', async () => {
    const page = await serve(scripted([]))
    const { cookie, origin } = await Visitor.enter(page)
    const head = `POST /api/sessions HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${cookie}\r\norigin: http://127.0.0.1\r\ncontent-type: application/json\r\nconnection: close\r\n`
    expect(await raw(page, `${head}content-length: 99000000\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 413/)
    const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`
    expect(await raw(page, `${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(5)}`)).toMatch(
      /^HTTP\/1\.1 413/,
    )
    const upload = await fetch(`${origin}/api/uploads`, {
      method: 'POST',
      headers: { cookie, origin },
      body: new Uint8Array(25_000_001),
    })
    expect(upload.status).toBe(413)
  })

  test('with a hostile path finds nothing of the disk', async () => {
    const page = await serve(scripted([]))
    const { cookie } = await Visitor.enter(page)
    for (const path of [
      '/../package.json',
      '/..%2f..%2fpackage.json',
      '/assets/../../package.json',
      '/assets/..%5c..%5cx',
      '/%00',
      '/assets/secret.key',
      '/assets',
      '//etc/passwd',
      '/%',
      '/%ff',
      '/api/sessions/..%2f..%2fx',
      '/api/sessions/%2e%2e/media/x/0',
      '/api/sessions/__proto__',
      '/api/runs/constructor/events',
    ])
      expect([400, 404], path).toContain(await status(page, `GET ${path}`, { cookie }))
  })

  test('that is no HTTP does not end the server', async () => {
    const page = await serve(scripted([]))
    await raw(page, '\0\0\0\r\n\r\n')
    await raw(page, 'GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n')
    expect((await fetch(page.url)).status).toBe(200)
  })
})

describe('the page', () => {
  test('may run nothing but its own scripts, and stand in no frame', async () => {
    const page = await serve(scripted([]))
    const visitor = await Visitor.enter(page)
    for (const path of ['', 'api/state', 'nowhere', 'assets/page-Ab3_x9-Z.js']) {
      const { headers } = await visitor.send('GET', path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
      expect(policy).toContain("base-uri 'none'; frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
    for (const refused of [await fetch(`${visitor.origin}/api/state`), await fetch(visitor.origin)])
      expect(refused.headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  test('is served compressed; what has a hash in its name for ever', async () => {
    const visitor = await Visitor.enter(await serve(scripted([])))
    const asset = await visitor.send('GET', 'assets/page-Ab3_x9-Z.js', undefined, {
      'accept-encoding': 'gzip',
    })
    expect(asset.headers.get('content-encoding')).toBe('gzip')
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(asset.headers.get('cache-control')).toContain('immutable')
    expect(await asset.text()).toContain('export const page')
    const index = await visitor.send('GET', '', undefined, { 'accept-encoding': 'identity' })
    expect(index.headers.get('content-encoding')).toBeNull()
    expect(index.headers.get('cache-control')).toBe('no-cache')
  })
})

test('another host than this machine demands a token or a password that cannot be guessed', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.org'])
    await expect(serve(scripted([]), { host })).rejects.toThrow(/pass a token or a password/)
  await expect(serve(scripted([]), { host: '0.0.0.0', token: 'short' })).rejects.toThrow(/16 characters/)
  await expect(serve(scripted([]), { host: '0.0.0.0', password: 'short' })).rejects.toThrow(/8 characters/)
  const page = await serve(scripted([]), { host: '0.0.0.0', token: TOKEN })
  expect(page.url).toContain('http://127.0.0.1:')
  expect(await status(page, `GET ${entranceOf(page)}`, { host: `192.168.1.2:${page.port}` })).toBe(200)
  expect(await status(page, `GET ${entranceOf(page)}`, { host: 'evil.example' })).toBe(403)
})

test('a port that is taken is an error, and a closed server is gone', async () => {
  const page = await serve(scripted([]))
  await expect(serve(scripted([]), { port: page.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await page.close()
  await expect(fetch(page.url)).rejects.toThrow()
  const ending = new AbortController()
  const { url } = await serve(scripted([]), { signal: ending.signal })
  ending.abort()
  await expect(fetch(url)).rejects.toThrow()
})
