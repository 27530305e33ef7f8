import { constants, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { refusalOf } from '../../test/loopback.ts'
import { printed } from '../../test/token-server.ts'
import { rsaKey, signJwt } from './jwt.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const LOCKED = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
  .toString()

describe('a token', () => {
  test('has the claims, and a signature that the public key proves', async () => {
    const token = await signJwt({ iss: 'mé', exp: 1 }, await rsaKey(PEM, 'k'), { kid: '7' })
    const [head = '', claims = '', signature = ''] = token.split('.')
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    const json = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    expect(json(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: '7' })
    expect(json(claims)).toEqual({ iss: 'mé', exp: 1 })
    const key = { key: publicKey, padding: constants.RSA_PKCS1_PADDING }
    const proves = (text: string): boolean =>
      verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64url'))
    expect(proves(`${head}.${claims}`)).toBe(true)
    expect(proves(`${head}.${claims}x`)).toBe(false)
  })
})

describe('a key', () => {
  test.each([
    ['as PKCS#8', PEM, undefined],
    ['as PKCS#1', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), undefined],
    ['with line breaks written out', PEM.replaceAll('\n', '\\n'), undefined],
    ['with a passphrase', LOCKED, 'open sesame'],
    ['with a passphrase that it does not need', PEM, 'open sesame'],
  ])('is read %s', async (_, pem, passphrase) => {
    const key = await rsaKey(pem, 'k', passphrase)
    expect(createPublicKey(key).equals(publicKey)).toBe(true)
  })

  test.each([
    ['no PEM', 'c2VjcmV0LXNlY3JldA==', undefined, 'is no private key in PEM'],
    ['locked', LOCKED, undefined, 'is locked, and no passphrase was given'],
    ['locked otherwise', LOCKED, 'wrong', 'is locked, and the passphrase does not open it'],
    [
      'of another kind',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      undefined,
      'is of the kind ed25519, not RSA',
    ],
    ['public', publicKey.export({ type: 'spki', format: 'pem' }).toString(), undefined, 'is no private key'],
  ])('that is %s is told without showing it', async (_, pem, passphrase, why) => {
    const error = await refusalOf(rsaKey(pem, '/keys/a.p8', passphrase))
    expect(error).toMatchObject({ code: 'no-key' })
    expect(error.message).toContain(`The key in /keys/a.p8 ${why}`)
    for (const line of pem.trim().split('\n').slice(0, 3)) expect(printed(error)).not.toContain(line)
  })
})
