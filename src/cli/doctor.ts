import { huggingface } from '../providers/huggingface.ts'
import type { Check } from './check.ts'
import { accountChecks } from './doctor-account.ts'
import { machineChecks } from './doctor-machine.ts'
import { hubChecks, modelChecks, spendCheck } from './doctor-model.ts'
import { harmless } from './io.ts'
import { redacted } from './secrets.ts'
import type { DoctorTask } from './task.ts'

/** Looks at all that a chat with Hugging Face needs, and gives the exit code. */
export async function doctor({ model: asked, baseUrl, spend, json }: DoctorTask): Promise<number> {
  const model = asked ?? huggingface.model ?? ''
  // First of all the token is found, so that nothing printed can hold it.
  const account = accountChecks()
  const found = await Promise.all([
    machineChecks(baseUrl ?? huggingface.baseUrl),
    account,
    spendCheck(model, baseUrl, spend).then((one) => [one]),
    modelChecks(model, baseUrl),
    hubChecks(model),
  ])
  const checks = found.flat()
  const isWell = checks.every(({ status }) => status !== 'fail')
  const text = json
    ? JSON.stringify({ ok: isWell, checks: checks.map((one) => ({ ...one, fix: one.fix ?? null })) })
    : checks.map(lineOf).join('\n')
  process.stdout.write(`${harmless(redacted(text))}\n`)
  return isWell ? 0 : 1
}

function lineOf({ name, status, message, fix }: Check): string {
  const line = `${status.padEnd(5)} ${name.padEnd(13)} ${message}`
  return fix === undefined ? line : `${line}\n${' '.repeat(20)}→ ${fix}`
}
