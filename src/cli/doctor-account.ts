import { TOKEN_PLACES } from '../providers/huggingface-key.ts'
import { authorizer } from '../providers/auth.ts'
import { isTrustedHub } from '../providers/hub-trust.ts'
import { hubUrl } from '../providers/hub.ts'
import { type Account, whoami } from '../providers/huggingface-account.ts'
import { type InferenceUsage, usage } from '../providers/huggingface-billing.ts'
import { huggingface } from '../providers/huggingface.ts'
import { tokenInUse, tokenPage } from './account.ts'
import { type Check, check, checkOf, isHubOffline } from './check.ts'
import { money } from './in-words.ts'

/** How long each question may take, in milliseconds. */
const PATIENCE = 8000
const BILLING = 'https://huggingface.co/settings/billing'

/** Whose token there is, what it may do, and what is left of its credits. */
export async function accountChecks(): Promise<readonly Check[]> {
  const found = tokenInUse()
  if (!found)
    return [
      check('token', 'fail', `none found. Looked in ${TOKEN_PLACES}`, 'natter login, or set HF_TOKEN'),
      ...skipped('there is no token'),
    ]
  const token = check('token', 'ok', `found in ${found.place}`)
  try {
    const url = hubUrl()
    if (isHubOffline()) return [token, ...skipped('HF_HUB_OFFLINE is set')]
    if (!isTrustedHub(url)) return [token, ...skipped(`the token is not sent to HF_ENDPOINT, ${url}`)]
    const access = { authorize: authorizer(huggingface, url, found.key), timeout: PATIENCE }
    const [account, spent] = await Promise.allSettled([whoami(access), usage(access)])
    const who = account.status === 'fulfilled' ? account.value : undefined
    return [
      token,
      who ? accountOf(who) : checkOf('account', (account as PromiseRejectedResult).reason),
      who ? permissionOf(who) : check('permission', 'skip', 'nobody has said whose token it is'),
      spent.status === 'fulfilled' ? creditsOf(spent.value) : billOf(spent.reason),
    ]
  } catch (error) {
    return [{ ...checkOf('token', error), fix: 'correct the token, or HF_ENDPOINT' }, ...skipped('no token')]
  }
}

const skipped = (why: string): readonly Check[] =>
  ['account', 'permission', 'credits'].map((name) => check(name, 'skip', why))

function accountOf({ name, isPro, organisations, canPay }: Account): Check {
  const plan = isPro === undefined ? undefined : isPro ? 'PRO' : 'free plan'
  const orgs =
    organisations.length > 0 ? `member of ${organisations.map((one) => one.name).join(', ')}` : undefined
  const pay = canPay === false ? 'no means of payment' : undefined
  return check(
    'account',
    'ok',
    [name ?? 'somebody without a name', plan, orgs, pay].filter(Boolean).join(', '),
  )
}

function permissionOf({ token: { mayInfer } }: Account): Check {
  if (mayInfer === undefined)
    return check(
      'permission',
      'skip',
      'the Hub does not tell whether the token may call Inference Providers',
      'natter doctor --spend tries it',
    )
  return mayInfer
    ? check('permission', 'ok', 'the token may call Inference Providers')
    : check(
        'permission',
        'fail',
        'the token lacks the permission "Make calls to Inference Providers"',
        `make one at ${tokenPage()}`,
      )
}

/** How much of what may be spent is a reason to say so. */
const NEARLY = 0.9

function creditsOf({ used, included, limit: most, periodEnd }: InferenceUsage): Check {
  if (used === undefined) return check('credits', 'skip', 'the Hub does not tell what was used')
  const limit = most || included
  const until = periodEnd ? `, until ${periodEnd.toISOString().slice(0, 10)}` : ''
  const what = `${money(used)} used of ${limit ? money(limit) : 'an unknown limit'}${
    included === undefined ? '' : ` (${money(included)} are included)`
  }${until}`
  if (!limit || used < limit * NEARLY) return check('credits', 'ok', what)
  const fix = `buy credits or see what was used at ${BILLING}, or let an organisation pay with --bill-to`
  return check('credits', used < limit ? 'warn' : 'fail', what, fix)
}

/** A token need not read bills to chat. */
const billOf = (error: unknown): Check => ({ ...checkOf('credits', error), status: 'skip' })
