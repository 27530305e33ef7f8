import { bedrockConverse } from '../dialects/lazy-dialects.ts'
import { type AwsOptions, awsRegion } from './aws-credentials.ts'
import type { Provider, ProviderFacts } from './provider.ts'
import { isLoopback } from './trust.ts'

/** Its own endpoints, also those inside a VPC: of other hosts below amazonaws.com many are run by customers. */
const HOSTS = /^(?:[\w-]+\.)?bedrock-runtime(?:-fips)?\.[a-z\d-]+\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$/

/** Amazon Bedrock. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const awsBedrock: ProviderFacts = {
  id: 'aws-bedrock',
  name: 'Amazon Bedrock',
  docs: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
  dialect: bedrockConverse,
  countTokens: async () => (await import('../dialects/token-counter.ts')).converseCounter,
  model: 'us.anthropic.claude-sonnet-5',
  auth: {
    variables: ['AWS_BEARER_TOKEN_BEDROCK'],
    chainVariables: ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
    places:
      "AWS_BEARER_TOKEN_BEDROCK and AWS's credentials (the environment, a profile, SSO, a container, an instance)",
    page: 'https://console.aws.amazon.com/bedrock/home#/api-keys',
    trusts: (url) => isLoopback(url) || (url.protocol === 'https:' && HOSTS.test(url.hostname)),
  },
  advice: async () => (await import('./aws-bedrock-advice.ts')).advice,
}

/**
 * Bedrock in a region, asked with AWS's credentials.
 * @param baseUrl asked instead; then no region need be known
 * @throws TypeError where no region is known, or it is no region's name
 */
export function bedrockIn(options: AwsOptions, baseUrl?: string): Provider {
  const region = regionFor(options, baseUrl)
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return {
    ...awsBedrock,
    baseUrl: `https://bedrock-runtime.${region}.${suffix}`,
    auth: {
      ...awsBedrock.auth,
      authorize: async () => (await import('./aws-auth.ts')).awsAuthorize({ ...options, region }),
    },
  }
}

/** Names may hide behind a gateway, but a signature needs a region. */
function regionFor(options: AwsOptions, baseUrl: string | undefined): string {
  try {
    return awsRegion(options)
  } catch (error) {
    if (baseUrl === undefined || options.region !== undefined) throw error
    return 'us-east-1'
  }
}
