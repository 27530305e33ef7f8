import { expect, test } from 'vitest'
import { AbortGroup } from './abort-group.ts'
import { abortable } from './abortable.ts'

test('all members are aborted together, and those who come later at once', async () => {
  const group = new AbortGroup()
  const never = (signal: AbortSignal): Promise<never> =>
    abortable(new Promise<never>(() => undefined), signal)
  const first = [group.run(never), group.run(never)]
  expect(await group.run(async (signal) => signal.aborted)).toBe(false)
  group.abort(new Error('enough'))
  for (const member of first) await expect(member).rejects.toThrow('enough')
  await expect(group.run(never)).rejects.toThrow('enough')
})
