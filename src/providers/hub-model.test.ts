import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Page, chatty, hub, json, moved, refused, text, asked } from '../../test/hub-pages.ts'
import { hubModel } from './hub-model.ts'

describe('what the Hub says of a model', () => {
  test('is asked for in one request, with the fields that matter', async () => {
    await hub({ '/api/models/org/model': json(chatty) })
    expect(await hubModel('org/model')).toEqual({
      id: 'org/model',
      gated: false,
      pipelineTag: 'text-generation',
      isConversational: true,
      template: 'T',
      bosToken: '<s>',
      eosToken: '</s>',
    })
    expect(asked).toHaveLength(1)
    for (const field of ['config', 'gguf', 'gated', 'pipeline_tag', 'tags', 'inferenceProviderMapping'])
      expect(asked[0]).toContain(`expand[]=${field}`)
  })

  const rows = [
    { provider: 'groq', providerId: 'model-groq', status: 'live', task: 'conversational' },
    { provider: 'novita', status: 'error' },
  ]
  test('names its backends in an array', async () => {
    await hub({
      '/api/models/org/model': json({
        ...chatty,
        inferenceProviderMapping: [...rows, null, { status: 'live' }],
      }),
    })
    expect((await hubModel('org/model')).providers).toEqual(rows)
  })

  test('or in a record', async () => {
    const mapping = Object.fromEntries(rows.map(({ provider, ...row }) => [provider, row]))
    await hub({
      '/api/models/org/model': json({ ...chatty, inferenceProviderMapping: { ...mapping, odd: 1 } }),
    })
    expect((await hubModel('org/model')).providers).toEqual(rows)
  })

  test('may lack every field', async () => {
    await hub({ '/api/models/org/model': json({}) })
    expect(await hubModel('org/model')).toEqual({ id: 'org/model' })
  })

  test('may have every field of the wrong type', async () => {
    const wrong = { id: 7, gated: 'maybe', pipeline_tag: null, tags: 'conversational', gguf: [], config: 'x' }
    await hub({ '/api/models/org/model': json({ ...wrong, inferenceProviderMapping: 'all' }) })
    expect(await hubModel('org/model')).toEqual({ id: 'org/model' })
  })
})

describe('the template', () => {
  const places: readonly (readonly [string, object])[] = [
    ['of a GGUF', { gguf: { chat_template: 'T', bos_token: '<s>' } }],
    ['in a file of its own, as the API tells it', { config: { chat_template_jinja: 'T' } }],
    ['of the tokenizer', { config: { tokenizer_config: { chat_template: 'T' } } }],
    ['of the processor', { config: { processor_config: { chat_template: 'T' } } }],
  ]
  for (const [where, body] of places)
    test(`${where} is found`, async () => {
      await hub({ '/api/models/org/model': json(body) })
      expect(await hubModel('org/model')).toMatchObject({ template: 'T' })
      expect(asked).toHaveLength(1)
    })

  test('may be several, by name', async () => {
    const all = [
      { name: 'tool_use', template: 'with tools' },
      { name: 'default', template: 'T' },
      { name: 'rag', template: 'with documents' },
    ]
    await hub({ '/api/models/org/model': json({ config: { tokenizer_config: { chat_template: all } } }) })
    expect(await hubModel('org/model')).toMatchObject({ template: 'T', toolTemplate: 'with tools' })
  })

  test('is read from its file where the API has none, with the tokens of the tokenizer', async () => {
    await hub({
      '/api/models/org/model': json({ ...chatty, config: { tokenizer_config: {} } }),
      '/org/model/resolve/main/chat_template.jinja': text('T from a file'),
      '/org/model/resolve/main/tokenizer_config.json': json({ bos_token: '<b>', chat_template: 'older' }),
    })
    expect(await hubModel('org/model')).toMatchObject({ template: 'T from a file', bosToken: '<b>' })
  })

  test('is read from the configuration of the tokenizer where it has no file', async () => {
    await hub({
      '/api/models/org/model': json({ ...chatty, config: {} }),
      '/org/model/resolve/main/tokenizer_config.json': json({ eos_token: '<e>', chat_template: 'T' }),
    })
    expect(await hubModel('org/model')).toMatchObject({ template: 'T', eosToken: '<e>' })
  })

  test('is looked for where the Hub keeps its files now', async () => {
    const kept = '/api/resolve-cache/models/org/model/abc/chat_template.jinja'
    await hub({
      '/api/models/org/model': json({ ...chatty, config: {} }),
      '/org/model/resolve/main/chat_template.jinja': moved(kept),
      [kept]: text('T'),
    })
    expect(await hubModel('org/model')).toMatchObject({ template: 'T' })
  })

  test('that is nowhere is simply absent', async () => {
    await hub({ '/api/models/org/model': json({ ...chatty, config: {} }) })
    const model = await hubModel('org/model')
    expect(model).not.toHaveProperty('template')
    expect(model).not.toHaveProperty('problem')
  })

  test('of a gated model whose files are closed is a problem, and the rest is told', async () => {
    await hub({
      '/api/models/org/model': json({ ...chatty, gated: 'manual', config: {} }),
      '/org/model/resolve/main/chat_template.jinja': refused(401, 'GatedRepo'),
    })
    expect(await hubModel('org/model')).toMatchObject({
      gated: 'manual',
      isConversational: true,
      problem: 'gated',
    })
  })

  test('that could not be had for the moment is a problem', async () => {
    await hub({
      '/api/models/org/model': json({ ...chatty, config: {} }),
      '/org/model/resolve/main/tokenizer_config.json': refused(500),
    })
    expect(await hubModel('org/model')).toMatchObject({ isConversational: true, problem: 'offline' })
  })
})

const RECORDINGS = fileURLToPath(new URL('../../../shared/recordings/data/huggingface/', import.meta.url))

interface RecordedExchange {
  readonly api?: string
  readonly request: { readonly url: string }
  readonly response: {
    readonly status: number
    readonly body?: Readonly<Record<string, unknown>>
    readonly text?: string
  }
}

describe.skipIf(!existsSync(RECORDINGS))('what the Hub really said is understood', () => {
  const exchanges = existsSync(RECORDINGS)
    ? readdirSync(RECORDINGS)
        .flatMap((file) => {
          const { interactions } = JSON.parse(readFileSync(RECORDINGS + file, 'utf8')) as {
            interactions: RecordedExchange[]
          }
          return interactions
        })
        .filter(({ api }) => api === 'hf-hub-api')
    : []
  const pages: Record<string, Page> = {}
  for (const { request, response } of exchanges) {
    const { pathname } = new URL(request.url)
    if (response.status === 307) pages[pathname] = moved(response.text?.split(' ').at(-1) as string)
    else if (response.body) pages[pathname] = json(response.body)
  }

  test('every recorded model has a name, and its backends have one', async () => {
    await hub(pages)
    expect(exchanges.length).toBeGreaterThan(40)
    for (const { request, response } of exchanges) {
      const id = new URL(request.url).pathname.replace('/api/models/', '')
      const model = await hubModel(id)
      expect(model.problem).toBeUndefined()
      expect(model.id).toBe(response.status === 307 ? response.text?.split('/models/')[1] : response.body?.id)
      const mapping = (response.body?.inferenceProviderMapping ?? {}) as object
      if (Object.keys(mapping).length > 0) expect(model.providers?.length).toBeGreaterThan(0)
    }
  })

  test('a renamed model, gated, with the template of its tokenizer', async () => {
    const llama = exchanges.find(
      ({ response }) => response.body?.id === 'meta-llama/Llama-3.1-8B-Instruct' && response.body.config,
    )
    await hub({ ...pages, '/api/models/meta-llama/Llama-3.1-8B-Instruct': json(llama?.response.body) })
    const model = await hubModel('meta-llama/Meta-Llama-3.1-8B-Instruct')
    expect(model).toMatchObject({
      id: 'meta-llama/Llama-3.1-8B-Instruct',
      gated: 'manual',
      isConversational: true,
      pipelineTag: 'text-generation',
      bosToken: '<|begin_of_text|>',
    })
    expect(model.template).toContain('<|start_header_id|>')
  })
})
