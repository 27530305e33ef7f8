import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Media } from '../core/content.ts'
import { fromBase64 } from '../lib/base64.ts'
import { WebError, errorResponse } from './error-view.ts'
import { afterOf, eventStream } from './event-stream.ts'
import type { Gate } from './gate.ts'
import type { PageFiles } from './page-files.ts'
import { exportForm, runRequest, sessionPatch, settingsPatch } from './page-requests.ts'
import { type PageParts, PageSessions } from './page-sessions.ts'
import type { ModelsView, StateView } from './protocol.ts'
import { readBytes, readJson } from './read-body.ts'
import type { Run } from './run.ts'
import { verdict } from './verdict.ts'

/** The most bytes of one attachment, and of everything else that is sent. */
export const MAX_UPLOAD = 25_000_000
const MAX_BODY = 4_000_000
const MAX_FORM = 10_000

/** What the page's server is made of. */
export interface AppParts extends PageParts {
  readonly version: string
  readonly gate: Gate
  readonly files: PageFiles
}

// Nothing from elsewhere, nothing inline, and in nobody's frame.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  // With no-referrer a form would not say where it is from.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

type Env = { Bindings: HttpBindings }
type Here = Context<Env>

/** The page and what it asks for, behind its gate. */
export function pageApp({ version, gate, files, ...parts }: AppParts): Hono<Env> {
  const { source, runs, uploads } = parts
  const sessions = new PageSessions(parts)
  const app = new Hono<Env>()
  const param = (c: Here, name: string): string => c.req.param(name) ?? ''
  const runOf = (c: Here): Run => {
    const run = runs.get(param(c, 'run'))
    if (run) return run
    throw new WebError(404, 'not-found', 'There is no such answer: it ended a while ago.')
  }

  app.onError((error) => errorResponse(error))
  app.notFound(() => errorResponse(new WebError(404, 'not-found', 'There is nothing at that address.')))
  app.use(async (c, next) => {
    const from = c.env.incoming.socket.remoteAddress ?? ''
    const request = c.req.raw
    const readForm = async (): Promise<string> => new TextDecoder().decode(await readBytes(request, MAX_FORM))
    const refusal = await gate.check(request, from, readForm)
    if (refusal) c.res = refusal
    else await next()
    for (const [name, value] of Object.entries(HEADERS)) if (!c.res.headers.has(name)) c.header(name, value)
  })

  app.get('/api/state', (c) => {
    const tools = source.chat.tools.map(({ name, description, needsApproval }) => ({
      name,
      description,
      needsApproval: Boolean(needsApproval),
    }))
    const { settings } = source
    return json(c, {
      version,
      settings,
      providers: source.providers(),
      tools,
      maxUpload: MAX_UPLOAD,
    } satisfies StateView)
  })
  app.get('/api/models', async (c) => {
    const models: ModelsView = await source.models(c.req.query('provider') ?? '', c.req.raw.signal)
    return json(c, models)
  })

  app.get('/api/sessions', async (c) =>
    json(c, await sessions.list(c.req.query('q') ?? '', c.req.raw.signal)),
  )
  app.post('/api/sessions', async (c) => {
    const { settings } = await body(c)
    return json(c, await sessions.create(settingsPatch(settings)), 201)
  })
  app.get('/api/sessions/:id', async (c) => json(c, await sessions.view(param(c, 'id'))))
  app.patch('/api/sessions/:id', async (c) =>
    json(c, await sessions.change(param(c, 'id'), sessionPatch(await body(c)))),
  )
  app.delete('/api/sessions/:id', async (c) => {
    await sessions.delete(param(c, 'id'))
    return c.body(null, 204)
  })
  app.get('/api/sessions/:id/export', async (c) => {
    const [format, ending, type] = exportForm(c.req.query('format') ?? '')
    const { name, text } = await sessions.export(param(c, 'id'), format)
    return new Response(text, {
      headers: { ...asFile(`${name}.${ending}`), 'content-type': type, ...NEVER_KEPT },
    })
  })
  app.get('/api/sessions/:id/media/:node/:at', async (c) =>
    mediumResponse(await sessions.medium(param(c, 'id'), param(c, 'node'), Number(param(c, 'at')))),
  )

  app.post('/api/uploads', async (c) => {
    const bytes = await readBytes(c.req.raw, MAX_UPLOAD)
    return json(c, await uploads.add(bytes, nameOf(c.req.header('x-file-name'))), 201)
  })

  app.post('/api/sessions/:id/runs', async (c) => {
    const run = await sessions.ask(param(c, 'id'), runRequest(await body(c)))
    return json(c, { run: run.id }, 201)
  })
  app.get('/api/runs/:run/events', (c) => eventStream(runOf(c), afterOf(c.req.raw)))
  app.post('/api/runs/:run/stop', (c) => {
    runOf(c).stop()
    return c.body(null, 204)
  })
  app.post('/api/runs/:run/approvals/:call', async (c) => {
    const said = verdict(await body(c))
    if (runOf(c).decide(param(c, 'call'), said)) return c.body(null, 204)
    throw new WebError(
      404,
      'not-found',
      'No such call waits for a decision: it was decided, or the answer has ended.',
    )
  })
  app.get('/api/runs/:run/media/:at', (c) =>
    mediumResponse(sessions.runMedium(param(c, 'run'), Number(param(c, 'at')))),
  )

  app.get('*', (c) => files.answer(c.req.raw) ?? c.notFound())
  return app
}

const NEVER_KEPT = { 'cache-control': 'no-store' } as const

const json = (c: Here, value: unknown, status: 200 | 201 = 200): Response =>
  c.json(value as object, status, NEVER_KEPT)

const body = (c: Here): Promise<Readonly<Record<string, unknown>>> => readJson(c.req.raw, MAX_BODY)

/** What a browser shows without running any of it. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif)|audio\/[\w.+-]+)$/

function mediumResponse(media: Media | undefined): Response {
  if (media?.data === undefined) throw new WebError(404, 'not-found', 'There is no such picture or file.')
  const isShown = SHOWN.test(media.mimeType)
  return new Response(new Uint8Array(fromBase64(media.data)), {
    headers: {
      'content-type': isShown ? media.mimeType : 'application/octet-stream',
      ...(!isShown && asFile(media.name ?? media.kind)),
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'cache-control': 'private, max-age=3600',
    },
  })
}

/** The head of a file to be saved; its name in the one form that takes every letter. https://www.rfc-editor.org/rfc/rfc6266 */
const asFile = (name: string): Readonly<Record<string, string>> => ({
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name.replaceAll(/[/\\:*?"<>|\p{Cc}\p{Cs}]+/gu, ' ')).replaceAll(/['()*]/g, '_')}`,
})

/** A file's name, which the page sends in the way of URLs: a header takes no other letters. */
function nameOf(header = ''): string {
  try {
    return decodeURIComponent(header).slice(0, 200) || 'file'
  } catch {
    return header.slice(0, 200)
  }
}
