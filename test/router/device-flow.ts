import type { Account } from './account.ts'
import type { Refusal } from './refusals.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** Sign-in by device code. https://huggingface.co/docs/hub/oauth, https://www.rfc-editor.org/rfc/rfc8628 */
export class DeviceFlow {
  readonly #account: Account
  readonly #hubUrl: string
  /** How often a token was asked for, by device code. */
  readonly #asked = new Map<string, number>()

  constructor(account: Account, hubUrl: string) {
    this.#account = account
    this.#hubUrl = hubUrl
  }

  /** Forgets all codes. */
  reset(): void {
    this.#asked.clear()
  }

  /** `POST /oauth/device`. */
  begin(form: URLSearchParams): Refusal {
    if (form.get('client_id') !== this.#account.options.clientId) return unknownClient
    const code = `device-${this.#asked.size + 1}`
    this.#asked.set(code, 0)
    return {
      status: 200,
      body: {
        device_code: code,
        user_code: 'BNCH-0001',
        verification_uri: `${this.#hubUrl}/oauth/device`,
        expires_in: 300,
        interval: this.#account.options.pollSeconds,
      },
    }
  }

  /** `POST /oauth/token`. */
  token(form: URLSearchParams): Refusal {
    if (form.get('client_id') !== this.#account.options.clientId) return unknownClient
    if (form.get('grant_type') !== GRANT) return failed('unsupported_grant_type')
    const code = form.get('device_code') ?? ''
    const n = this.#asked.get(code)
    if (n === undefined) return failed('invalid_grant')
    this.#asked.set(code, n + 1)
    const { device } = this.#account.options
    const answer = device[Math.min(n, device.length - 1)] ?? 'granted'
    if (answer !== 'granted') return failed(answer)
    // A code is good for one token.
    this.#asked.delete(code)
    return {
      status: 200,
      body: {
        access_token: this.#account.mint(),
        token_type: 'bearer',
        expires_in: 28_800,
        scope: form.get('scope') ?? 'openid profile inference-api',
      },
    }
  }
}

const failed = (error: string, status = 400): Refusal => ({
  status,
  body: { error, error_description: error.replaceAll('_', ' ') },
})

const unknownClient = failed('invalid_client', 401)
