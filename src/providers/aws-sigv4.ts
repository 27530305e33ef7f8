import type { Authorize } from './auth.ts'

/** Who signs a request to AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined
  /** When they end; absent where they do not. */
  readonly expiration?: Date | undefined
}

/** What a signature is made for. */
export interface Signing {
  /** Asked for each request. */
  readonly credentials: () => AwsCredentials | Promise<AwsCredentials>
  readonly region: string
  /** Its name in signatures, such as `bedrock`. */
  readonly service: string
  /** The time of the signature. @default now */
  readonly now?: () => Date
}

/**
 * Signs each request by AWS's Signature Version 4: its method, address and body, and those of its headers that no proxy changes.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @throws whatever `credentials` throws
 */
export function sigV4({ credentials, region, service, now = () => new Date() }: Signing): Authorize {
  return async ({ method, url, headers, body }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials()
    const { AwsV4Signer } = await import('aws4fetch')
    const signer = new AwsV4Signer({
      method,
      url,
      body,
      headers: Object.entries(headers).filter(([name]) => /^(?:content-type|x-amz-.*)$/i.test(name)),
      accessKeyId,
      secretAccessKey,
      ...(sessionToken && { sessionToken }),
      region,
      service,
      datetime: now()
        .toISOString()
        .replaceAll(/[:-]|\.\d{3}/g, ''),
      allHeaders: true,
    })
    const signed = (await signer.sign()).headers
    const given = ['authorization', 'x-amz-date', 'x-amz-security-token']
    return Object.fromEntries(
      given.flatMap((name) => {
        const value = signed.get(name)
        return value === null ? [] : [[name, value]]
      }),
    )
  }
}
