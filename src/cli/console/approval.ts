import type { Approve } from '../../chat/toolbox.ts'
import { aside, cyan, harmless } from '../io.ts'

/** Asks a person about each call that needs it: its input is shown whole. Calls that wait at once are asked about one by one. */
export function approvalBy(ask: (question: string) => Promise<string>): Approve {
  const always = new Set<string>()
  let last: Promise<unknown> = Promise.resolve()
  const decide: Approve = async (call) => {
    if (always.has(call.name)) return true
    const input = call.input === undefined ? (call.raw ?? '') : JSON.stringify(call.input, undefined, 2)
    aside(`${cyan(`${harmless(call.name)} wants to run with`)}\n${harmless(input)}\n`)
    const answer = (await ask('run it? [y]es, [n]o, [a]lways: ')).toLowerCase()
    if (/^a(lways)?$/.test(answer)) always.add(call.name)
    return /^(y(es)?|a(lways)?)$/.test(answer) || 'the person at the terminal refused it'
  }
  return (call, tool) => {
    const decided = last.then(() => decide(call, tool))
    last = decided.catch(() => undefined)
    return decided
  }
}
