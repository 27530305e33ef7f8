import { env, homePath, readText } from '#platform'
import { ChatError } from '../core/errors.ts'
import type { AwsCredentials } from './aws-sigv4.ts'
import { cachedToken } from './cached-token.ts'

/** Where AWS's credentials and region are looked for. */
export interface AwsOptions {
  /** The profile in AWS's files; then the keys in the environment are not looked at. @default `AWS_PROFILE`, else `default` */
  readonly profile?: string | undefined
  /** @default `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's */
  readonly region?: string | undefined
}

/** Finds credentials wherever AWS's own tools find them: `fromNodeProviderChain` of @aws-sdk/credential-providers. */
export type AwsChain = (init: {
  readonly profile?: string
  readonly clientConfig?: { readonly region: string }
}) => () => Promise<AwsCredentials>

/** Not a literal in the import: a bundler would take the package in. */
const PACKAGE: string = '@aws-sdk/credential-providers'

const loadChain = async (): Promise<AwsChain> =>
  ((await import(/* @vite-ignore */ PACKAGE)) as typeof import('@aws-sdk/credential-providers'))
    .fromNodeProviderChain

/**
 * Gives AWS's credentials: those of the environment, else what @aws-sdk/credential-providers finds in a profile, by SSO, in a
 * container or on an instance. What it finds is kept until shortly before it ends, and looked for once for all who wait.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 * @throws ChatError `no-key` where there are none, `missing-package` where only the package could find them
 */
export function awsCredentials(
  { profile, region }: AwsOptions = {},
  load: () => Promise<AwsChain> = loadChain,
): () => Promise<AwsCredentials> {
  const found = cachedToken(async () => {
    const chain = await load().catch((cause: unknown) => {
      throw missingPackage(profile, cause)
    })
    try {
      const value = await chain({
        ...(profile && { profile }),
        ...(region && { clientConfig: { region } }),
      })()
      return { value, expiresAt: value.expiration?.getTime() }
    } catch (cause) {
      throw noCredentials(profile, cause)
    }
  })
  return async () => (profile === undefined ? fromEnvironment() : undefined) ?? found()
}

function fromEnvironment(): AwsCredentials | undefined {
  const accessKeyId = env('AWS_ACCESS_KEY_ID')
  const secretAccessKey = env('AWS_SECRET_ACCESS_KEY')
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, sessionToken: env('AWS_SESSION_TOKEN') }
}

const placesOf = (profile: string | undefined): string =>
  profile === undefined
    ? `AWS_BEARER_TOKEN_BEDROCK and AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY`
    : `AWS_BEARER_TOKEN_BEDROCK`

function missingPackage(profile: string | undefined, cause: unknown): ChatError {
  return new ChatError(
    `No AWS credentials were found in ${placesOf(profile)}. Those of a profile, SSO, a container or an instance are found by ` +
      `${PACKAGE}, which is not installed: run \`npm install ${PACKAGE}\`.`,
    { code: 'missing-package', cause },
  )
}

function noCredentials(profile: string | undefined, cause: unknown): ChatError {
  const name = profile ?? env('AWS_PROFILE') ?? 'default'
  const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
  return new ChatError(
    `No AWS credentials were found: ${why}. Looked in ${placesOf(profile)}, in the profile ${name} of ~/.aws/credentials and ` +
      `~/.aws/config with its SSO, and asked the container or instance. Set one of these, or run \`aws configure\`.`,
    { code: 'no-key', cause },
  )
}

/**
 * The region to ask in.
 * @throws TypeError where none is known, or it is no region's name
 */
export function awsRegion({ region, profile = env('AWS_PROFILE') ?? 'default' }: AwsOptions = {}): string {
  const found = region ?? env('AWS_REGION') ?? env('AWS_DEFAULT_REGION') ?? regionOf(profile)
  if (found === undefined)
    throw new TypeError(
      `no AWS region is known: pass region, set AWS_REGION or AWS_DEFAULT_REGION, or give the profile ${profile} one in ~/.aws/config`,
    )
  // It becomes a part of the host's name.
  if (!/^[a-z\d]+(?:-[a-z\d]+)*$/.test(found))
    throw new TypeError(`region must be a name such as us-east-1: it is ${JSON.stringify(found)}`)
  return found
}

/** The region of a profile, in the file that AWS's tools share. https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html */
function regionOf(profile: string): string | undefined {
  const text = readText(env('AWS_CONFIG_FILE') ?? homePath('.aws', 'config')) ?? ''
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    const head = /^\[\s*(?:profile\s+)?(.+?)\s*\]/.exec(line)?.[1]
    if (head !== undefined) section = head
    const value = /^region\s*=\s*([^\s#;]+)/.exec(line)?.[1]
    if (value !== undefined && section === profile) return value
  }
  return undefined
}
