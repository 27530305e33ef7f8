// The page's side of ../protocol.ts: one function for each thing that can be asked of the server.
import type {
  ErrorView,
  ModelsView,
  RunRequest,
  SessionPatch,
  SessionSummary,
  SessionView,
  SettingsView,
  StateView,
  UploadView,
} from '../protocol.ts'

/** An answer of the server that is none, or that never came. */
export class RequestError extends Error {
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
  readonly view: ErrorView

  constructor(status: number, view: ErrorView) {
    super(view.message)
    this.name = 'RequestError'
    this.status = status
    this.view = view
  }
}

/** What a person reads where the server cannot be reached. */
export const UNREACHABLE: ErrorView = {
  code: 'connection',
  message: 'natter does not answer. Is it still running in the terminal? Start it again, and try once more.',
  mayPass: true,
}

/** `GET api/state`. */
export const getState = (): Promise<StateView> => call('GET', 'state')

/** `GET api/models`. */
export const getModels = (provider: string, signal: AbortSignal): Promise<ModelsView> =>
  call('GET', `models?provider=${encodeURIComponent(provider)}`, { signal })

/** `GET api/sessions`, those with some words in them where any are given. */
export const getSessions = (words: string, signal: AbortSignal): Promise<readonly SessionSummary[]> =>
  call('GET', `sessions${words === '' ? '' : `?q=${encodeURIComponent(words)}`}`, { signal })

/** `GET api/sessions/:id`. */
export const getSession = (id: string): Promise<SessionView> => call('GET', sessionPath(id))

/** `POST api/sessions`. */
export const createSession = (settings: Partial<SettingsView>): Promise<SessionView> =>
  call('POST', 'sessions', { json: { settings } })

/** `PATCH api/sessions/:id`. */
export const patchSession = (id: string, patch: SessionPatch): Promise<unknown> =>
  call('PATCH', sessionPath(id), { json: patch })

/** `DELETE api/sessions/:id`; goes out even if the page is being closed. */
export const deleteSession = (id: string): Promise<unknown> =>
  call('DELETE', sessionPath(id), { keepalive: true })

/** Where a conversation can be had as a file. */
export const exportUrl = (id: string, format: 'markdown' | 'html' | 'jsonl'): string =>
  `api/${sessionPath(id)}/export?format=${format}`

/** `POST api/uploads`. */
export const upload = (file: Blob, name: string, signal?: AbortSignal): Promise<UploadView> =>
  call('POST', 'uploads', {
    body: file,
    headers: {
      'content-type': file.type || 'application/octet-stream',
      'x-file-name': encodeURIComponent(name),
    },
    ...(signal && { signal }),
  })

/** `POST api/sessions/:id/runs`. */
export const startRun = (session: string, request: RunRequest): Promise<{ readonly run: string }> =>
  call('POST', `${sessionPath(session)}/runs`, { json: request })

/** `POST api/runs/:id/stop`. */
export const stopRun = (run: string): Promise<unknown> => call('POST', `runs/${encodeURIComponent(run)}/stop`)

/** `POST api/runs/:id/approvals/:call`. */
export const decide = (run: string, callId: string, isApproved: boolean): Promise<unknown> =>
  call('POST', `runs/${encodeURIComponent(run)}/approvals/${encodeURIComponent(callId)}`, {
    json: { isApproved },
  })

const sessionPath = (id: string): string => `sessions/${encodeURIComponent(id)}`

async function call<T>(
  method: string,
  path: string,
  options: RequestInit & { json?: unknown } = {},
): Promise<T> {
  const { json, ...init } = options
  if (json !== undefined) {
    init.body = JSON.stringify(json)
    init.headers = { 'content-type': 'application/json' }
  }
  let response: Response
  try {
    response = await fetch(`api/${path}`, { method, ...init })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new RequestError(0, UNREACHABLE)
  }
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new RequestError(response.status, errorView(response.status, body))
  return body as T
}

function errorView(status: number, body: unknown): ErrorView {
  if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string')
    return body as ErrorView
  return { code: 'server', message: `The server answered with status ${status}.`, mayPass: status >= 500 }
}

/** An error as a person reads it, whatever was thrown. */
export const viewOf = (error: unknown): ErrorView =>
  error instanceof RequestError
    ? error.view
    : { code: 'unknown', message: error instanceof Error ? error.message : String(error), mayPass: true }
