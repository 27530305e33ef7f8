import { expect, test } from 'vitest'
import { Bell } from './bell.ts'

test('a ring wakes all who wait, and nobody who comes later', async () => {
  const bell = new Bell()
  const heard: string[] = []
  const first = Promise.all([
    bell.wait().then(() => heard.push('a')),
    bell.wait().then(() => heard.push('b')),
  ])
  bell.ring()
  await first
  expect(heard).toEqual(['a', 'b'])
  const late = bell.wait().then(() => heard.push('c'))
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(heard).toEqual(['a', 'b'])
  bell.ring()
  await late
  expect(heard).toEqual(['a', 'b', 'c'])
})
