import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BitSet } from './bit-set.ts'

test('holds what a Set of the same numbers holds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000)), fc.array(fc.nat(100_000)), (added, others) => {
      const set = new Set<number>()
      const bits = new BitSet()
      for (const number of added) {
        expect(bits.add(number)).toBe(!set.has(number))
        set.add(number)
      }
      for (const number of [...added, ...others]) expect(bits.has(number)).toBe(set.has(number))
    }),
  )
})
