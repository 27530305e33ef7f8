/** How the id of a conversation begins: its time, which nobody would write in a prompt. */
const ID = /^0[0-9a-z]{8}[0-9a-f]{0,12}$/

/** The arguments with what belongs to each `--continue` behind it: a word that is no id is part of the prompt. */
export function settleContinue(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  const settled: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!
    const isOption = (word === '-c' || word === '--continue') && (end < 0 || at < end)
    const next = argv[at + 1] ?? ''
    if (isOption && ID.test(next)) at++
    settled.push(isOption ? `--continue=${ID.test(next) ? next : ''}` : word)
  }
  return settled
}
