import type { ChatError } from '../core/errors.ts'
import { isObject } from '../lib/merge.ts'
import type { Authorize } from './auth.ts'
import { type HubAccess, askHub } from './hub.ts'
import { dateOf } from './huggingface-billing.ts'

/** The permission to call Inference Providers. */
const MAY_INFER = 'inference.serverless.write'

/** An organisation that an account belongs to. */
export interface Organisation {
  readonly name: string
  /** The account's role in it: `admin`, `write`, `contributor` or `read`. */
  readonly role: string | undefined
  readonly plan: string | undefined
  readonly canPay: boolean | undefined
}

/** What a token may do. */
export interface TokenRights {
  /** As its owner called it. */
  readonly name: string | undefined
  /** `read`, `write`, `fineGrained`, or another word of the Hub's. */
  readonly role: string | undefined
  /** Of a fine-grained token, without doubles. */
  readonly permissions: readonly string[]
  /** Whether it may call Inference Providers; undefined where the Hub does not tell. */
  readonly mayInfer: boolean | undefined
}

/** Whose token it is; a member that the Hub does not tell is undefined. */
export interface Account {
  readonly name: string | undefined
  readonly fullName: string | undefined
  /** `user`, `org`, or another word of the Hub's. */
  readonly type: string | undefined
  readonly isPro: boolean | undefined
  readonly canPay: boolean | undefined
  /** `prepaid` or `postpaid`. */
  readonly billingMode: string | undefined
  readonly periodEnd: Date | undefined
  readonly organisations: readonly Organisation[]
  readonly token: TokenRights
}

/**
 * Whose token authorises, and what it may do. https://huggingface.co/docs/hub/api#users-and-organizations
 * @throws ChatError
 */
export async function whoami(access: HubAccess & { readonly authorize: Authorize }): Promise<Account> {
  return readAccount(await askHub({ ...access, path: 'api/whoami-v2', advice }))
}

/** What a body of `/api/whoami-v2` says. */
export function readAccount(body: unknown): Account {
  const account = isObject(body) ? body : {}
  return {
    name: word(account.name),
    fullName: word(account.fullname),
    type: word(account.type),
    isPro: flag(account.isPro),
    canPay: flag(account.canPay),
    billingMode: word(account.billingMode),
    periodEnd: dateOf(account.periodEnd),
    organisations: listOf(account.orgs).flatMap(organisationOf),
    token: readRights(isObject(account.auth) ? account.auth.accessToken : undefined),
  }
}

function organisationOf(item: Readonly<Record<string, unknown>>): readonly Organisation[] {
  const name = word(item.name)
  if (name === undefined) return []
  const plan = word(item.plan) ?? (item.isEnterprise === true ? 'enterprise' : undefined)
  return [{ name, role: word(item.roleInOrg), plan, canPay: flag(item.canPay) }]
}

function readRights(token: unknown): TokenRights {
  const { displayName, role: said, fineGrained } = isObject(token) ? token : {}
  const grants = isObject(fineGrained) ? fineGrained : {}
  const scoped = listOf(grants.scoped).flatMap(({ permissions }) => wordsOf(permissions))
  const permissions = [...new Set([...wordsOf(grants.global), ...scoped])]
  const role = word(said)
  const isClassic = role === 'read' || role === 'write'
  const mayInfer = role === 'fineGrained' ? permissions.includes(MAY_INFER) : isClassic || undefined
  return { name: word(displayName), role, permissions, mayInfer }
}

const advice = ({ code }: ChatError): string | undefined =>
  code === 'unauthorized'
    ? 'The token is wrong, was revoked or has expired: sign in again with `natter login`.'
    : undefined

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)
const wordsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : []
