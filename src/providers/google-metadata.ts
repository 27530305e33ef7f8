import { env } from '#platform'
import { ChatError } from '../core/errors.ts'
import type { Expiring } from './cached-token.ts'
import { getJson } from './get-json.ts'
import { LOGIN, gcloudFolder } from './google-credentials.ts'
import type { Line } from './line.ts'
import { readToken } from './token-request.ts'

/** How long it may take, in milliseconds: it is in the same machine, or nowhere. */
const PATIENCE = 3000
const SERVER = 'Google’s metadata server'

/**
 * A token of the service account of one of Google's machines, from its metadata server (`GCE_METADATA_HOST`).
 * https://cloud.google.com/compute/docs/access/authenticate-workloads#applications
 * @param now the clock, in milliseconds since 1970
 * @throws ChatError `no-key` where there is no such server or it has no token, with all places that were looked in
 */
export async function metadataToken(
  scope: string,
  fetch: Line['fetch'],
  now: () => number,
): Promise<Expiring<string>> {
  const host = env('GCE_METADATA_HOST') ?? env('GCE_METADATA_IP') ?? 'metadata.google.internal'
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token?scopes=${encodeURIComponent(scope)}`
  const asked = await getJson({ fetch }, url, {
    patience: PATIENCE,
    headers: { 'metadata-flavor': 'Google' },
  }).catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : cause
    throw nothingFound(host, `it cannot be reached: ${said}`, cause)
  })
  // Whatever answers in a network that catches unknown names is not it.
  if (asked.header('metadata-flavor') !== 'Google') throw nothingFound(host, 'what answers there is none')
  if (asked.status === 200) return readToken(asked.body, SERVER, now)
  if (asked.status === 429 || asked.status >= 500)
    throw new ChatError(`${SERVER} answered ${asked.status}. Try again.`, {
      code: asked.status === 429 ? 'rate-limited' : 'server-error',
      provider: SERVER,
      status: asked.status,
    })
  throw nothingFound(host, `it answered ${asked.status}: has this machine a service account?`)
}

function nothingFound(host: string, why: string, cause?: unknown): ChatError {
  return new ChatError(
    `No Google Cloud credentials were found. Looked in GOOGLE_APPLICATION_CREDENTIALS, in application_default_credentials.json ` +
      `in ${gcloudFolder()}, and asked the metadata server ${host} (${why}). ${LOGIN}, or set GOOGLE_APPLICATION_CREDENTIALS.`,
    { code: 'no-key', cause },
  )
}
