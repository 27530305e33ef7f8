import { env } from '#platform'
import type { Authorize } from './auth.ts'
import { type AwsOptions, awsCredentials } from './aws-credentials.ts'
import { sigV4 } from './aws-sigv4.ts'

/**
 * Authorises requests to Bedrock: by the key in `AWS_BEARER_TOKEN_BEDROCK` where there is one, as AWS's own tools do, else by a
 * signature with AWS's credentials.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
 * @throws ChatError where there are no credentials
 */
export function awsAuthorize(options: AwsOptions & { readonly region: string }): Authorize {
  const sign = sigV4({ credentials: awsCredentials(options), region: options.region, service: 'bedrock' })
  return (request) => {
    const key = env('AWS_BEARER_TOKEN_BEDROCK')?.trim()
    return key ? { authorization: `Bearer ${key}` } : sign(request)
  }
}
