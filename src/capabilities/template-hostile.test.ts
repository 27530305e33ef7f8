import { describe, expect, test, vi } from 'vitest'
import { templates } from '../../test/chat-templates.ts'
import { probeTemplate } from './template.ts'

const doubled = (times: number): string =>
  `{% set x = 'aaaaaaaaaaaaaaaa' %}${'{% set x = x ~ x %}'.repeat(times)}`

const HOSTILE: readonly (readonly [string, string])[] = [
  ['loops without end', '{% for i in range(1000000000) %}{% endfor %}'],
  ['nests loops', `${'{% for i in range(1000) %}'.repeat(9)}${'{% endfor %}'.repeat(9)}`],
  ['makes a list of a billion', '{{ range(1000000000) | length }}'],
  ['doubles a text', `${doubled(24)}{{ x }}`],
  ['doubles a text beyond the longest there is', `${doubled(40)}{{ x }}`],
  ['doubles a text and copies it', `${doubled(24)}${'{% set y = x | upper %}'.repeat(40)}`],
  ['doubles a list', `{% set x = range(1000) %}${'{% set x = x + x %}'.repeat(25)}{{ x | length }}`],
  ['replaces each letter by all letters', `${doubled(10)}{{ x | replace('a', x) | length }}`],
  ['indents by half a gigabyte', "{{ 'a\\nb' | indent(500000000) | length }}"],
  [
    'writes a list that holds itself twice, forty times',
    `{% set x = [1] %}${'{% set x = [x, x] %}'.repeat(40)}{{ x | tojson }}`,
  ],
  ['calls a macro in itself', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}'],
  [
    'calls a macro twice in itself',
    '{% macro f(n) %}{% if n < 60 %}{{ f(n + 1) }}{{ f(n + 1) }}{% endif %}{% endmacro %}{{ f(0) }}',
  ],
  ['nests brackets', `{{ ${'('.repeat(90_000)}1${')'.repeat(90_000)} }}`],
  ['is white space, which a parser may read again and again', ' '.repeat(199_000)],
  [
    'sorts long texts',
    `${doubled(12)}{{ ([x] * 1) | sort }}{% set l = [x, x, x, x] %}${'{% set l = l + l %}'.repeat(14)}{{ l | sort | length }}`,
  ],
]

describe('a hostile template neither hangs nor ends the program', () => {
  for (const [what, template] of HOSTILE)
    test(`one that ${what}`, async () => {
      let longestGap = 0
      let last = performance.now()
      const pulse = setInterval(() => {
        longestGap = Math.max(longestGap, performance.now() - last)
        last = performance.now()
      }, 20)
      const began = performance.now()
      const before = process.memoryUsage.rss()
      await expect(probeTemplate(template + templates.CHATML)).resolves.toHaveProperty('system')
      clearInterval(pulse)
      expect(performance.now() - began).toBeLessThan(5000)
      expect(longestGap).toBeLessThan(1000)
      expect(process.memoryUsage.rss() - before).toBeLessThan(150e6)
      await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap'))
    })

  test('what was found before it turned hostile is kept, and the rest is unknown', async () => {
    const bomb = '{% if tools %}{% for i in range(1000000000) %}{% endfor %}{% endif %}'
    const facts = await probeTemplate(bomb + templates.CHATML)
    expect(facts).toMatchObject({ system: 'role', alternates: false, content: 'text' })
    expect(facts.tools).toBeUndefined()
    expect(facts.toolHistory).toBeUndefined()
  })

  test('many at once are no worse', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => probeTemplate(HOSTILE[0]?.[1] as string)))
    expect(all.every(({ system }) => system === undefined)).toBe(true)
  })
})
