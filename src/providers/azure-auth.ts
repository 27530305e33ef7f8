import { env } from '#platform'
import { ChatError } from '../core/errors.ts'
import type { Authorize } from './auth.ts'
import { type Expiring, cachedToken } from './cached-token.ts'
import type { Line } from './line.ts'
import { authorizeOnly, secureUrl } from './secure-url.ts'
import { requestToken } from './token-request.ts'

/** How requests to Azure OpenAI are authorised. */
export interface AzureOptions {
  /** The address of the resource; requests elsewhere are given nothing. */
  readonly endpoint: string
  /** @default `AZURE_OPENAI_API_KEY`, unless a `clientSecret` is given */
  readonly apiKey?: string | undefined
  /** Of Microsoft Entra. @default `AZURE_TENANT_ID` */
  readonly tenantId?: string | undefined
  /** Of the service principal, or of a managed identity. @default `AZURE_CLIENT_ID` */
  readonly clientId?: string | undefined
  /** @default `AZURE_CLIENT_SECRET` */
  readonly clientSecret?: string | undefined
  /** What the token is for. @default https://cognitiveservices.azure.com/.default */
  readonly scope?: string | undefined
  /** Where tokens are made, other in national clouds. @default `AZURE_AUTHORITY_HOST`, else login.microsoftonline.com */
  readonly authority?: string | undefined
  readonly fetch?: Line['fetch']
  /** The clock, in milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

/** What is needed of @azure/identity. */
export interface AzureIdentity {
  readonly DefaultAzureCredential: new (options: {
    readonly tenantId?: string
    readonly managedIdentityClientId?: string
    readonly authorityHost?: string
  }) => {
    getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>
  }
}

/** https://learn.microsoft.com/azure/ai-services/openai/how-to/managed-identity */
const SCOPE = 'https://cognitiveservices.azure.com/.default'
const ENTRA = 'Microsoft Entra'
/** Not a literal in the import: a bundler would take the package in. */
const PACKAGE: string = '@azure/identity'
const PLACES = 'AZURE_OPENAI_API_KEY, and in AZURE_TENANT_ID with AZURE_CLIENT_ID and AZURE_CLIENT_SECRET'

const loadIdentity = async (): Promise<AzureIdentity> =>
  (await import(/* @vite-ignore */ PACKAGE)) as AzureIdentity

/**
 * Authorises requests to Azure OpenAI: by a key; else by a token for a service principal; else by one that @azure/identity finds:
 * of a workload or managed identity, of the Azure CLI, PowerShell or azd. A token is kept until shortly before it ends.
 * https://learn.microsoft.com/azure/ai-services/openai/reference#authentication
 * @throws ChatError `no-key` where there are no credentials, `missing-package` where only the package could find them
 * @throws TypeError where the endpoint or authority is not safe to send a secret to
 */
export function azureAuthorize(
  options: AzureOptions,
  load: () => Promise<AzureIdentity> = loadIdentity,
): Authorize {
  const { endpoint, apiKey, clientSecret, now = () => Date.now() } = options
  const { origin } = secureUrl(endpoint, 'the endpoint of Azure OpenAI')
  const ofPrincipal = cachedToken(() => askEntra(options, now), now)
  const ofIdentity = cachedToken(() => askIdentity(options, load), now)
  return authorizeOnly(
    (url) => url.origin === origin,
    async () => {
      const key = apiKey ?? (clientSecret === undefined ? env('AZURE_OPENAI_API_KEY')?.trim() : undefined)
      if (key) return { 'api-key': key }
      const { missing } = principalOf(options)
      if (clientSecret !== undefined && missing.length > 0)
        throw new TypeError(`clientSecret needs a tenant and a client: set ${missing.join(' and ')} too`)
      const token = missing.length === 0 ? await ofPrincipal() : await ofIdentity()
      return { authorization: `Bearer ${token}` }
    },
  )
}

/** The service principal, and the names of what it lacks. */
function principalOf({ tenantId, clientId, clientSecret }: AzureOptions): {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly missing: readonly string[]
} {
  const found = {
    AZURE_TENANT_ID: tenantId ?? env('AZURE_TENANT_ID') ?? '',
    AZURE_CLIENT_ID: clientId ?? env('AZURE_CLIENT_ID') ?? '',
    AZURE_CLIENT_SECRET: clientSecret ?? env('AZURE_CLIENT_SECRET') ?? '',
  }
  return {
    tenantId: found.AZURE_TENANT_ID,
    clientId: found.AZURE_CLIENT_ID,
    clientSecret: found.AZURE_CLIENT_SECRET,
    missing: Object.entries(found).flatMap(([name, value]) => (value === '' ? [name] : [])),
  }
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
async function askEntra(options: AzureOptions, now: () => number): Promise<Expiring<string>> {
  const { tenantId, clientId, clientSecret } = principalOf(options)
  // It becomes a part of the path.
  if (!/^[\w.-]+$/.test(tenantId))
    throw new TypeError(
      `the tenant of Microsoft Entra must be an id or a domain: it is ${JSON.stringify(tenantId)}`,
    )
  return requestToken({
    url: `${authorityOf(options) ?? 'https://login.microsoftonline.com'}/${tenantId}/oauth2/v2.0/token`,
    who: ENTRA,
    form: {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: options.scope ?? SCOPE,
    },
    secrets: [clientSecret],
    advice: 'Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
    fetch: options.fetch,
    now,
  })
}

/** Azure's own tools take it with and without a scheme, and with a slash at its end. */
function authorityOf({ authority = env('AZURE_AUTHORITY_HOST') }: AzureOptions): string | undefined {
  if (authority === undefined) return undefined
  const url = /^https?:\/\//i.test(authority) ? authority : `https://${authority}`
  return secureUrl(url, 'the authority of Microsoft Entra').href.replace(/\/+$/, '')
}

async function askIdentity(
  options: AzureOptions,
  load: () => Promise<AzureIdentity>,
): Promise<Expiring<string>> {
  const { tenantId, clientId, scope = SCOPE } = options
  const authorityHost = authorityOf(options)
  const { DefaultAzureCredential } = await load().catch((cause: unknown) => {
    throw new ChatError(
      `No key for Azure OpenAI was found. Looked in ${PLACES}${lacksOf(options)}. The identities of workloads, of Azure's ` +
        `machines and of the Azure CLI are found by ${PACKAGE}, which is not installed: run \`npm install ${PACKAGE}\`.`,
      { code: 'missing-package', cause },
    )
  })
  const identity = async (): Promise<Expiring<string>> => {
    const credential = new DefaultAzureCredential({
      ...(tenantId && { tenantId }),
      ...(clientId && { managedIdentityClientId: clientId }),
      ...(authorityHost && { authorityHost }),
    })
    const found = await credential.getToken(scope)
    if (!found) throw new Error('it gave no token')
    return { value: found.token, expiresAt: found.expiresOnTimestamp }
  }
  return identity().catch((error: unknown) => {
    // Its message only: the error itself holds the request it made.
    const said = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
    throw new ChatError(
      `No key for Azure OpenAI was found. Looked in ${PLACES}${lacksOf(options)}, and for the identity of a workload, of one ` +
        `of Azure's machines, of the Azure CLI, PowerShell and azd: ${said.slice(0, 500)}. Set a key, or run \`az login\`.`,
      { code: 'no-key' },
    )
  })
}

/** Half a service principal is a mistake that is easily made and hard to see. */
function lacksOf(options: AzureOptions): string {
  const { missing } = principalOf(options)
  return missing.length < 3 ? ` (not set: ${missing.join(', ')})` : ''
}
