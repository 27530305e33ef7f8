import { sentence, type Refusal } from './refusals.ts'
import type { Json } from './wire.ts'

/** What a token may do. */
export interface TokenRights {
  /** "Make calls to Inference Providers". */
  readonly inference: boolean
}

/** Whose tokens the server knows, and what stands in the account. */
export interface AccountOptions {
  readonly name?: string
  /** Tokens and their rights; `hf_bench`, which may call inference, when absent. */
  readonly tokens?: Readonly<Record<string, TokenRights>>
  readonly isPro?: boolean
  readonly canPay?: boolean
  readonly organizations?: readonly string[]
  /** Gated models that this person may read. */
  readonly access?: readonly string[]
  /** The order of providers at settings/inference-providers, for `:preferred`. */
  readonly preferred?: readonly string[]
  /** Whether the monthly credits are spent. */
  readonly isSpent?: boolean
  /** In billionths of a dollar. */
  readonly usedNanoUsd?: number
  readonly includedNanoUsd?: number
  /** The client that may sign in by device code; `bench-client` when absent. */
  readonly clientId?: string
  /** How long the device flow asks to wait between two questions; 0.01 when absent, 5 on the real Hub. */
  readonly pollSeconds?: number
  /** What the device flow answers to each question for a token, in order; the last one stays. */
  readonly device?: readonly (
    | 'authorization_pending'
    | 'slow_down'
    | 'expired_token'
    | 'access_denied'
    | 'granted'
  )[]
}

/** An account with what was spent in it. */
export class Account {
  readonly options: Required<AccountOptions>
  readonly #minted = new Map<string, TokenRights>()
  /** Dollars and requests of each X-HF-Session-id. */
  readonly #sessions = new Map<string, { cost: number; requests: number }>()

  constructor(options: AccountOptions = {}) {
    this.options = {
      name: 'ada',
      tokens: { hf_bench: { inference: true } },
      isPro: false,
      canPay: false,
      organizations: [],
      access: [],
      preferred: [],
      isSpent: false,
      usedNanoUsd: 20_000_000,
      includedNanoUsd: 100_000_000,
      clientId: 'bench-client',
      pollSeconds: 0.01,
      device: ['authorization_pending', 'granted'],
      ...options,
    }
  }

  /** Forgets what was minted and spent. */
  reset(): void {
    this.#minted.clear()
    this.#sessions.clear()
  }

  /** Makes a token that may call inference. */
  mint(): string {
    const token = `hf_oauth_${this.#minted.size + 1}`
    this.#minted.set(token, { inference: true })
    return token
  }

  /** The rights of an Authorization header. */
  rightsOf(authorization: string | undefined): TokenRights | undefined {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? ''
    return this.options.tokens[token] ?? this.#minted.get(token)
  }

  /** What is wrong with an Authorization header, for a page that needs a person. */
  stranger(authorization: string | undefined): Refusal | undefined {
    if (this.rightsOf(authorization)) return undefined
    const challenge = { 'www-authenticate': 'Bearer realm="Authentication required", charset="UTF-8"' }
    return authorization === undefined
      ? sentence(401, 'Invalid username or password.', challenge)
      : sentence(401, 'Invalid credentials in Authorization header', challenge)
  }

  /** What keeps a header from calling inference. */
  bar(authorization: string | undefined): Refusal | undefined {
    const stranger = this.stranger(authorization)
    if (stranger) return stranger
    const { name, isSpent } = this.options
    if (!this.rightsOf(authorization)?.inference)
      return sentence(
        403,
        `This authentication method does not have sufficient permissions to call Inference Providers on behalf of user ${name}`,
      )
    return isSpent
      ? sentence(
          402,
          'You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get 20x more monthly included credits.',
        )
      : undefined
  }

  /** Books an answer. */
  book(session: string | undefined, cost: number): void {
    if (!session) return
    const booked = this.#sessions.get(session) ?? { cost: 0, requests: 0 }
    this.#sessions.set(session, { cost: booked.cost + cost, requests: booked.requests + 1 })
  }

  /** `GET /api/whoami-v2`. */
  whoami(authorization: string | undefined): Json {
    const { name, isPro, canPay, organizations } = this.options
    const permissions = this.rightsOf(authorization)?.inference ? ['inference.serverless.write'] : []
    return {
      type: 'user',
      id: '66f0000000000000000000aa',
      name,
      fullname: name,
      email: `${name}@example.com`,
      emailVerified: true,
      canPay,
      billingMode: 'prepaid',
      periodEnd: 1_769_904_000,
      isPro,
      avatarUrl: '/avatars/0.svg',
      orgs: organizations.map((org) => ({
        type: 'org',
        id: `org-${org}`,
        name: org,
        fullname: org,
        canPay: true,
        roleInOrg: 'write',
      })),
      auth: {
        type: 'access_token',
        accessToken: {
          displayName: 'bench',
          role: 'fineGrained',
          createdAt: '2026-01-01T00:00:00.000Z',
          fineGrained: {
            canReadGatedRepos: false,
            global: [],
            scoped: [{ entity: { _id: '66f0000000000000000000aa', type: 'user', name }, permissions }],
          },
        },
      },
    }
  }

  /** `GET /api/settings/billing/usage-v2`. */
  usage(): Json {
    const { usedNanoUsd, includedNanoUsd, canPay } = this.options
    return {
      usage: {
        inferenceProviders: {
          usedNanoUsd,
          includedNanoUsd,
          limitNanoUsd: canPay ? 10_000_000_000 : includedNanoUsd,
          numRequests: 12,
          periodStart: '2026-01-01T00:00:00.000Z',
          periodEnd: '2026-02-01T00:00:00.000Z',
        },
      },
    }
  }

  /** `GET /api/settings/billing/usage-by-inference-session`. */
  usageBySession(): Json {
    const sessions = [...this.#sessions].map(([id, { cost, requests }]) => ({
      id,
      costCents: cost * 100,
      numRequests: requests,
    }))
    return {
      currency: 'USD',
      periods: [{ periodStart: '2026-01-01T00:00:00.000Z', periodEnd: '2026-02-01T00:00:00.000Z', sessions }],
    }
  }
}
