import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { PROVIDERS } from '../src/chats.ts'
// @ts-expect-error: a script, which has no types
import { bundle as bundleOf, dialectsIn as dialectsOf } from '../scripts/bundle.mjs'

/** What a program comes to that a person bundles. */
interface Bundle {
  readonly bytes: number
  readonly files: readonly string[]
  readonly later: readonly string[]
}
const bundle = bundleOf as (code: string, platform: 'node' | 'browser') => Promise<Bundle>
const dialectsIn = dialectsOf as (
  bundle: Bundle,
  names: readonly string[],
) => Record<'atOnce' | 'later', readonly string[]>

beforeAll(() => void execFileSync(process.execPath, ['scripts/fresh-dist.mjs'], { stdio: 'pipe' }), 120_000)

const all = [...PROVIDERS.values()]
const DIALECTS = [...new Set(all.map(({ facts }) => facts.dialect.id))]
/** By way of an option, other dialects can be spoken. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  chatHuggingFace: ['openai-responses', 'anthropic-messages'],
  chatAzureOpenAI: ['openai-responses'],
}

const program = (name: string): string => `import { ${name} } from 'natter'; console.log(${name})`

/** The data files of providers in a bundle. */
const providersIn = ({ files }: Bundle): readonly string[] =>
  all.flatMap(({ facts: { id } }) =>
    files.some((file) => file.endsWith(`dist/providers/${id}.js`)) ? [id] : [],
  )

describe('a program that imports one constructor', () => {
  test.each(all.map(({ construct, facts }) => [construct.name, facts] as const))(
    '%s loads its dialect alone, and one provider',
    async (name, { id, dialect }) => {
      const bundled = await bundle(program(name), 'node')
      const { atOnce, later } = dialectsIn(bundled, DIALECTS)
      const isAtOnce = dialect.id === 'openai-chat'
      expect(atOnce).toEqual(isAtOnce ? [dialect.id] : [])
      expect(later.toSorted()).toEqual([...(isAtOnce ? [] : [dialect.id]), ...(MORE[name] ?? [])].toSorted())
      // One file is of two services.
      expect(providersIn(bundled)).toEqual([id === 'cortex-analyst' ? 'snowflake' : id])
    },
  )
})

test('a program that lists the models of one provider loads neither a chat nor another provider', async () => {
  for (const { facts, list } of all) {
    if (!list) continue
    const bundled = await bundle(program(list.name), 'node')
    expect(providersIn(bundled)).toEqual([facts.id])
    expect(bundled.files.filter((file) => file.includes('dist/chat'))).toEqual([])
    expect(dialectsIn(bundled, DIALECTS).atOnce).toEqual(
      facts.dialect.id === 'openai-chat' ? ['openai-chat'] : [],
    )
  }
})
