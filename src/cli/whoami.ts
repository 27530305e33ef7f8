import { TOKEN_PLACES } from '../providers/huggingface-key.ts'
import type { Account } from '../providers/huggingface-account.ts'
import { ownerOf, tokenInUse, warnOfRights } from './account.ts'
import { harmless } from './io.ts'
import type { WhoamiTask } from './task.ts'

/** Shows whose token is in use, and gives the exit code. */
export async function whoami({ json }: WhoamiTask): Promise<number> {
  const found = tokenInUse()
  if (!found) throw new Error(`not signed in. Looked in ${TOKEN_PLACES}. Run natter login, or set HF_TOKEN`)
  const account = await ownerOf(found.key)
  process.stdout.write(`${json ? record(account, found.place) : harmless(described(account, found.place))}\n`)
  if (!json) warnOfRights(account)
  return 0
}

/** The line of `--json`: always the same members, null where nothing is known. */
const record = (account: Account, place: string): string =>
  JSON.stringify({ ...account, token: { ...account.token, place } }, (_, value: unknown) => value ?? null)

function described(
  { name, fullName, isPro, organisations, token, ...money }: Account,
  place: string,
): string {
  const { canPay, billingMode, periodEnd } = money
  const who = [name ?? 'unknown', fullName && `(${fullName})`, isPro && 'PRO'].filter(Boolean).join(' ')
  const ways = organisations.map((each) => {
    const about = [each.role, each.plan].filter(Boolean).join(', ')
    return about ? `${each.name} (${about})` : each.name
  })
  const bill = [
    billingMode,
    canPay === false && 'no means of payment',
    periodEnd && `period ends ${periodEnd.toISOString().slice(0, 10)}`,
  ]
  const rights = [token.name, token.role, `from ${place}`, token.mayInfer && 'may call Inference Providers']
  const rows = { organisations: ways, billing: bill, token: rights }
  return [who, ...Object.entries(rows).flatMap(([title, words]) => row(title, words))].join('\n')
}

function row(title: string, words: readonly unknown[]): readonly string[] {
  const known = words.filter(Boolean)
  return known.length > 0 ? [`${title.padEnd(14)} ${known.join(', ')}`] : []
}
