import { env, homePath, readText } from '#platform'
import { ChatError } from '../core/errors.ts'
import { toBase64 } from '../lib/base64.ts'
import type { Authorize } from './auth.ts'
import { type Expiring, cachedToken } from './cached-token.ts'
import { fileSection } from './file-section.ts'
import type { Line } from './line.ts'
import { authorizeOnly, secureUrl } from './secure-url.ts'

/** Where a Databricks workspace and its credentials are looked for. */
export interface DatabricksOptions {
  /** The workspace's address. @default `DATABRICKS_HOST`, or the profile's */
  readonly host?: string | undefined
  /** @default `DATABRICKS_TOKEN`, or the profile's */
  readonly token?: string | undefined
  /** Of a service principal. @default `DATABRICKS_CLIENT_ID`, or the profile's */
  readonly clientId?: string | undefined
  /** @default `DATABRICKS_CLIENT_SECRET`, or the profile's */
  readonly clientSecret?: string | undefined
  /** A profile of the file; then the environment is not looked at. @default `DATABRICKS_CONFIG_PROFILE`, else `DEFAULT` */
  readonly profile?: string | undefined
  /** @default `DATABRICKS_CONFIG_FILE`, else ~/.databrickscfg */
  readonly configFile?: string | undefined
  readonly fetch?: Line['fetch']
  /** The clock, in milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

/** A workspace, and who asks there. */
export interface DatabricksWorkspace {
  /** Without a path. */
  readonly origin: string
  readonly authorize: Authorize
}

/** What is known of how to sign in. */
interface Known {
  readonly token?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
}

/**
 * Finds a Databricks workspace and authorises requests to it and to nowhere else: by a token; else as a service principal, by OAuth;
 * else by `databricks auth token` of the Databricks CLI. Tokens that end are kept until shortly before that.
 * https://docs.databricks.com/aws/en/dev-tools/auth/unified-auth
 * @throws TypeError where no workspace is known, or its address is not safe to send a secret to
 * @throws ChatError `no-key`, at a request, where there are no credentials
 */
export function databricksWorkspace(options: DatabricksOptions = {}): DatabricksWorkspace {
  const { now = () => Date.now() } = options
  const { origin } = workspaceOf(options)
  const name = profileName(options)
  const ofPrincipal = cachedToken(() => askWorkspace(origin, options, now), now)
  const ofCli = cachedToken(() => askCli(origin, name, options, now), now)
  const bearer = async (): Promise<string> => {
    const found = credentialsOf(origin, options)
    if (found.token) return found.token
    return found.clientId && found.clientSecret ? ofPrincipal() : ofCli()
  }
  return {
    origin,
    authorize: authorizeOnly(
      (url) => url.origin === origin,
      async () => ({ authorization: `Bearer ${await bearer()}` }),
    ),
  }
}

function workspaceOf(options: DatabricksOptions): URL {
  const fromEnvironment = options.profile === undefined ? env('DATABRICKS_HOST') : undefined
  const host = (options.host ?? fromEnvironment ?? profileOf(options)?.get('host'))?.trim()
  if (!host)
    throw new TypeError(
      `no Databricks workspace is known: pass host, set DATABRICKS_HOST, or give the profile ${profileName(options)} one in ${fileOf(options)}`,
    )
  return secureUrl(addressOf(host), 'the host of Databricks')
}

/** People copy it with and without its scheme, and with the path of the page they were on. */
const addressOf = (host: string): string => (/^https?:\/\//i.test(host) ? host : `https://${host}`)

/** What the options, the environment and the profile say of this workspace, the first that can sign in. */
function credentialsOf(origin: string, options: DatabricksOptions): Known {
  if (options.token) return { token: options.token }
  const said = [saidAround(origin, options), saidInFile(origin, options)]
  if (options.clientId !== undefined || options.clientSecret !== undefined) {
    const clientId = options.clientId ?? said.find((known) => known.clientId)?.clientId
    const clientSecret = options.clientSecret ?? said.find((known) => known.clientSecret)?.clientSecret
    if (clientId && clientSecret) return { clientId, clientSecret }
    throw new TypeError(
      `a service principal needs both: ${clientId ? 'clientSecret' : 'clientId'} is missing`,
    )
  }
  return said.find(({ token }) => token) ?? said.find((known) => known.clientId && known.clientSecret) ?? {}
}

function saidAround(origin: string, { profile }: DatabricksOptions): Known {
  if (profile !== undefined || !isOf(origin, env('DATABRICKS_HOST'))) return {}
  return {
    token: env('DATABRICKS_TOKEN')?.trim(),
    clientId: env('DATABRICKS_CLIENT_ID'),
    clientSecret: env('DATABRICKS_CLIENT_SECRET'),
  }
}

function saidInFile(origin: string, options: DatabricksOptions): Known {
  const values = profileOf(options)
  if (!values || !isOf(origin, values.get('host'))) return {}
  return {
    token: values.get('token'),
    clientId: values.get('client_id'),
    clientSecret: values.get('client_secret'),
  }
}

/** Whether what stands beside a host is for this workspace: the secret of another must not be sent here. */
const isOf = (origin: string, host: string | undefined): boolean =>
  host === undefined || (URL.canParse(addressOf(host)) && new URL(addressOf(host)).origin === origin)

const profileName = ({ profile }: DatabricksOptions): string =>
  profile ?? env('DATABRICKS_CONFIG_PROFILE') ?? 'DEFAULT'

function fileOf({ configFile }: DatabricksOptions): string {
  const path = configFile ?? env('DATABRICKS_CONFIG_FILE') ?? '~/.databrickscfg'
  return path.startsWith('~/') ? homePath(path.slice(2)) : path
}

function profileOf(options: DatabricksOptions): ReadonlyMap<string, string> | undefined {
  const text = readText(fileOf(options))
  return text === undefined ? undefined : fileSection(text, profileName(options))
}

/** https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m */
async function askWorkspace(
  origin: string,
  options: DatabricksOptions,
  now: () => number,
): Promise<Expiring<string>> {
  const { clientId = '', clientSecret = '' } = credentialsOf(origin, options)
  const basic = toBase64(new TextEncoder().encode(`${clientId}:${clientSecret}`))
  // Loaded by who needs it: the workspace itself is found when a chat is made.
  const { requestToken } = await import('./token-request.ts')
  return requestToken({
    url: `${origin}/oidc/v1/token`,
    who: 'Databricks',
    form: { grant_type: 'client_credentials', scope: 'all-apis' },
    headers: { authorization: `Basic ${basic}` },
    secrets: [clientSecret, basic],
    advice:
      'Check DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, and that the workspace knows the principal.',
    fetch: options.fetch,
    now,
  })
}

async function askCli(
  origin: string,
  name: string,
  options: DatabricksOptions,
  now: () => number,
): Promise<Expiring<string>> {
  const { cliToken } = await import('./databricks-cli.ts')
  const found = await cliToken(origin, now)
  if ('value' in found) return found
  throw new ChatError(
    `No key for Databricks at ${origin} was found. Looked in DATABRICKS_TOKEN, in DATABRICKS_CLIENT_ID with ` +
      `DATABRICKS_CLIENT_SECRET${lacksOf(origin, options)}, in the profile ${name} of ${fileOf(options)}, and asked the ` +
      `Databricks CLI (${found.why}). Set one of these, or run \`databricks auth login --host ${origin}\`.`,
    { code: 'no-key' },
  )
}

/** Why what is there was not used: half a pair, or another workspace's. */
function lacksOf(origin: string, { profile }: DatabricksOptions): string {
  if (profile !== undefined) return ' (not used: a profile was asked for)'
  if (!isOf(origin, env('DATABRICKS_HOST'))) return ' (not used: DATABRICKS_HOST is another workspace)'
  const [id, secret] = [env('DATABRICKS_CLIENT_ID'), env('DATABRICKS_CLIENT_SECRET')]
  if (id && !secret) return ' (not set: DATABRICKS_CLIENT_SECRET)'
  return secret && !id ? ' (not set: DATABRICKS_CLIENT_ID)' : ''
}
