import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AwsCredentials, sigV4 } from './aws-sigv4.ts'

/** The key, time and region of AWS's published examples. */
const EXAMPLE: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const TIME = new Date('2015-08-30T12:36:00Z')
const FORM = 'application/x-www-form-urlencoded'

const signer = (credentials: AwsCredentials, service = 'service', now = TIME) =>
  sigV4({ credentials: () => credentials, region: 'us-east-1', service, now: () => now })

interface Vector {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly service?: string
  readonly signed: string
  readonly signature: string
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-test-suite.html
const VECTORS: readonly Vector[] = [
  {
    name: 'get-vanilla',
    method: 'GET',
    url: 'https://example.amazonaws.com/',
    signed: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'post-vanilla',
    method: 'POST',
    url: 'https://example.amazonaws.com/',
    signed: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    method: 'GET',
    url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1',
    signed: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'get-vanilla-utf8-query',
    method: 'GET',
    url: 'https://example.amazonaws.com/?\u1234=bar',
    signed: 'host;x-amz-date',
    signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  },
  {
    name: 'post-x-www-form-urlencoded',
    method: 'POST',
    url: 'https://example.amazonaws.com/',
    headers: { 'content-type': FORM },
    body: 'Param1=value1',
    signed: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  {
    name: 'the example of IAM’s guide',
    method: 'GET',
    url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
    headers: { 'content-type': `${FORM}; charset=utf-8` },
    service: 'iam',
    signed: 'content-type;host;x-amz-date',
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
]

describe('a signature', () => {
  test.each(VECTORS)(
    'is the published one for $name',
    async ({ method, url, headers = {}, body = '', service, signed, signature }) => {
      const given = await signer(EXAMPLE, service)({ method, url, headers, body })
      expect(given).toEqual({
        authorization:
          `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/${service ?? 'service'}/aws4_request, ` +
          `SignedHeaders=${signed}, Signature=${signature}`,
        'x-amz-date': '20150830T123600Z',
      })
    },
  )

  test('is that of AWS’s own signer for 200 requests, odd paths and all', async () => {
    // What a model's id may hold, encoded as the dialect does it, and whatever else a path may.
    const id = fc.oneof(
      fc.constantFrom(
        'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0',
        'arn:aws:bedrock:eu-west-1:1:application-inference-profile/a1b2c3',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !/^\.+$/.test(text)),
    )
    const word = fc.string({ minLength: 1, maxLength: 12 })
    const request = fc.record({
      id,
      host: fc.constantFrom('bedrock-runtime.us-east-1.amazonaws.com', '127.0.0.1:8080', 'proxy.example'),
      base: fc.constantFrom('', '/v1', '/a b/c'),
      // The signer of AWS copies the query into a plain object, where this name is no member.
      query: fc.dictionary(
        word.filter((name) => name !== '__proto__'),
        word,
        { maxKeys: 4 },
      ),
      body: fc.string({ unit: 'grapheme', maxLength: 200 }),
      token: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
      team: fc.option(fc.stringMatching(/^[a-z]([a-z ]{0,8}[a-z])?$/), { nil: undefined }),
      time: fc.date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true }),
    })
    await fc.assert(
      fc.asyncProperty(request, async ({ id: model, host, base, query, body, token, team, time }) => {
        const url = new URL(`https://${host}${base}/model/${encodeURIComponent(model)}/converse`)
        for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value)
        const headers = { 'content-type': 'application/json', ...(team && { 'x-amz-team': team }) }
        const { accessKeyId, secretAccessKey } = EXAMPLE
        const credentials = { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) }
        const ours = await signer(
          credentials,
          'bedrock',
          time,
        )({
          method: 'POST',
          url: url.href,
          headers: { ...headers, accept: '*/*', 'x-team': 'blue' },
          body,
        })
        const theirs = await new SignatureV4({
          credentials,
          region: 'us-east-1',
          service: 'bedrock',
          sha256: Sha256,
          applyChecksum: false,
        }).sign(
          {
            method: 'POST',
            protocol: 'https:',
            hostname: url.hostname,
            path: url.pathname,
            query: Object.fromEntries(url.searchParams),
            headers: { ...headers, host: url.host },
            body,
          },
          { signingDate: time },
        )
        expect(ours['authorization']).toBe(theirs.headers['authorization'])
        expect(ours['x-amz-security-token']).toBe(token)
      }),
      { numRuns: 200 },
    )
  })

  test('covers what is said of the body, and no header that a proxy may change', async () => {
    const { authorization } = await signer(EXAMPLE)({
      method: 'POST',
      url: 'https://example.amazonaws.com/',
      headers: {
        'content-type': 'a/b',
        accept: '*/*',
        'X-Amz-Extra': '1',
        'user-agent': 'me',
        'x-team': 'blue',
      },
      body: '{}',
    })
    expect(authorization).toContain('SignedHeaders=content-type;host;x-amz-date;x-amz-extra,')
  })

  test('is made with credentials that are asked for each time, and names no secret', async () => {
    let n = 0
    const credentials = (): Promise<AwsCredentials> =>
      Promise.resolve({ accessKeyId: `KEY${++n}`, secretAccessKey: 'the-secret', sessionToken: 'the-token' })
    const sign = sigV4({ credentials, region: 'eu-west-1', service: 'bedrock' })
    const request = { method: 'POST', url: 'https://a.example/x', headers: {}, body: '' }
    const before = Date.now()
    const given = await sign(request)
    expect(given['authorization']).toMatch(/Credential=KEY1\/\d{8}\/eu-west-1\/bedrock\/aws4_request/)
    expect(given['x-amz-security-token']).toBe('the-token')
    expect(JSON.stringify(given)).not.toContain('the-secret')
    const [, ...parts] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(given['x-amz-date'] ?? '')?.map(Number) ?? []
    const [year = 0, month = 0, day, hour, minute, second] = parts
    expect(Math.abs(Date.UTC(year, month - 1, day, hour, minute, second) - before)).toBeLessThan(5000)
    expect((await sign(request))['authorization']).toContain('Credential=KEY2/')
  })

  test('is not made where there are no credentials', async () => {
    const sign = sigV4({
      credentials: () => Promise.reject(new Error('none')),
      region: 'eu-west-1',
      service: 'bedrock',
    })
    await expect(sign({ method: 'POST', url: 'https://a.example/', headers: {}, body: '' })).rejects.toThrow(
      'none',
    )
  })
})
