import { expect, test } from 'vitest'
import { answered, asked, fetched } from './router/ask.ts'
import { behaviour, modelWith, willing } from './router/backends.ts'
import { startHuggingFace } from './router/hugging-face.ts'

const GATED = { ...modelWith(willing, { id: 'acme/gated' }), gated: 'manual', templatePlace: 'file' } as const
const hub = await startHuggingFace({
  models: [
    {
      ...modelWith(willing, {
        id: 'acme/two',
        backends: { together: behaviour('ignores-tools'), novita: willing },
      }),
      formerly: ['acme/one'],
      tellsCost: true,
    },
    modelWith(willing, { id: 'acme/unknown', catalogue: 'unknown' }),
    modelWith(behaviour('ignores-tools'), { id: 'acme/wrong', catalogue: 'wrong' }),
    GATED,
    { ...modelWith(willing, { id: 'acme/locked' }), gated: 'auto', locked: true },
    {
      id: 'acme/statuses',
      backends: [
        { provider: 'groq', behaviour: willing, status: 'error', row: { throughput: 900 } },
        { provider: 'nscale', behaviour: willing, status: 'staging', row: { throughput: 800 } },
        { provider: 'novita', behaviour: willing },
      ],
      mapping: 'array',
      template: '{{ messages }}',
      templatePlace: 'tokenizer_config list',
    },
    { id: 'acme/unserved', backends: [] },
    { id: 'acme/vectors', backends: [], task: 'feature-extraction' },
  ],
  account: {
    tokens: { hf_bench: { inference: true }, hf_weak: { inference: false }, hf_ada: { inference: true } },
    preferred: ['novita'],
    access: ['acme/gated'],
    organizations: ['acme'],
  },
})

test('the router goes by the suffix, and else to the fastest, able or not', async () => {
  const backendOf = async (model: string): Promise<unknown> => {
    const { status, text, headers } = await asked(hub.url, { model })
    return status === 200 ? headers.get('x-inference-provider') : text
  }
  expect(await backendOf('acme/two')).toBe('together')
  expect(await backendOf('acme/two:fastest')).toBe('together')
  expect(await backendOf('acme/two:cheapest')).toBe('novita')
  expect(await backendOf('acme/two:preferred')).toBe('novita')
  expect(await backendOf('acme/two:novita')).toBe('novita')
  expect(await backendOf('acme/statuses')).toBe('novita')
  expect(await backendOf('acme/statuses:groq')).toBe('groq')
  expect(await backendOf('acme/statuses:nscale')).toBe('{"error":"Model not supported by provider nscale"}')
  expect(await backendOf('acme/two:groq')).toBe('{"error":"Model not supported by provider groq"}')
  expect(await backendOf('acme/unserved')).toContain('"code":"model_not_supported"')
  expect(await backendOf('acme/none')).toContain('"code":"model_not_found"')
})

test('the router wants a token that may call', async () => {
  const say = async (token: string | null): Promise<readonly unknown[]> => {
    const { status, text } = await asked(hub.url, { model: 'acme/two' }, token)
    return [status, text]
  }
  expect(await say(null)).toEqual([401, '{"error":"Invalid username or password."}'])
  expect(await say('hf_nobody')).toEqual([401, '{"error":"Invalid credentials in Authorization header"}'])
  expect(await say('hf_weak')).toEqual([
    403,
    expect.stringMatching(/sufficient permissions to call Inference Providers on behalf of user ada/),
  ])
  const spent = await startHuggingFace({
    models: [modelWith(willing, { id: 'a/b' })],
    account: { isSpent: true },
  })
  expect((await asked(spent.url, { model: 'a/b' })).status).toBe(402)
})

test('the catalogue is public, tells what is known and leaves out the rest', async () => {
  const { json } = await fetched(`${hub.url}/models`, undefined, null)
  const data = json?.data as readonly { readonly id: string; readonly providers: readonly object[] }[]
  expect(data.map(({ id }) => id)).not.toContain('acme/unserved')
  expect(data[0]).toEqual({
    id: 'acme/two',
    object: 'model',
    created: 1_766_389_552,
    owned_by: 'acme',
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    providers: [
      {
        provider: 'together',
        status: 'live',
        context_length: 131_072,
        pricing: { input: 0.5, output: 1 },
        supports_tools: false,
        supports_structured_output: true,
        first_token_latency_ms: 200,
        throughput: 200,
        is_model_author: false,
      },
      expect.objectContaining({
        provider: 'novita',
        supports_tools: true,
        pricing: { input: 0.25, output: 0.5 },
      }),
    ],
  })
  const one = async (id: string): Promise<unknown> =>
    (await fetched(`${hub.url}/models/${id}`, undefined, null)).json
  const bare = { provider: 'novita', status: 'live', is_model_author: false }
  expect(await one('acme/unknown')).toMatchObject({ providers: [bare] })
  expect(await one('acme/unknown')).not.toHaveProperty('architecture')
  expect(await one('acme/wrong')).toMatchObject({ providers: [{ supports_tools: true }] })
  expect(await one('acme/statuses')).toMatchObject({
    providers: [{ status: 'error' }, { status: 'staging' }, bare],
  })
  expect((await fetched(`${hub.url}/models/acme/none`)).status).toBe(404)
})

test('the Hub shows a model’s keys, redirects from old names and tells strangers nothing', async () => {
  const info = (id: string, query: string, token?: string | null): ReturnType<typeof fetched> =>
    fetched(`${hub.hubUrl}/api/models/${id}${query}`, undefined, token)
  const { json } = await info('acme/two', '?expand[]=config&expand[]=gated&expand[]=inferenceProviderMapping')
  expect(Object.keys(json ?? {})).toEqual(['_id', 'id', 'config', 'gated', 'inferenceProviderMapping'])
  expect(json).toMatchObject({
    gated: false,
    config: { tokenizer_config: { chat_template: expect.stringContaining('add_generation_prompt') } },
    inferenceProviderMapping: { together: { status: 'live', task: 'conversational' }, novita: {} },
  })
  const list = (await info('acme/statuses', '?expand=inferenceProviderMapping&expand=config')).json
  expect(list).toMatchObject({
    inferenceProviderMapping: [{ provider: 'groq', status: 'error' }, {}, {}],
    config: { tokenizer_config: { chat_template: [{ name: 'default', template: '{{ messages }}' }, {}] } },
  })
  expect((await info('acme/two', '')).json).toMatchObject({
    pipeline_tag: 'image-text-to-text',
    private: false,
  })
  const moved = await info('acme/one', '?expand[]=gated')
  expect(moved.status).toBe(307)
  expect(moved.headers.get('location')).toBe('/api/models/acme/two?expand%5B%5D=gated')
  expect((await info('acme/none', '', null)).status).toBe(401)
  expect((await info('acme/none', '')).status).toBe(404)
  expect((await info('acme/unknown', '?expand[]=config')).text).not.toContain('template')
})

test('a gated model tells its gate, and keeps its files from those without access', async () => {
  const file = (id: string, token?: string | null): ReturnType<typeof fetched> =>
    fetched(`${hub.hubUrl}/${id}/resolve/main/chat_template.jinja`, undefined, token)
  expect((await fetched(`${hub.hubUrl}/api/models/acme/gated?expand[]=gated`)).json).toMatchObject({
    gated: 'manual',
  })
  expect((await file('acme/gated')).text).toBe(GATED.template)
  const stranger = await file('acme/gated', null)
  expect([stranger.status, stranger.headers.get('x-error-code')]).toEqual([401, 'GatedRepo'])
  const locked = await fetched(`${hub.hubUrl}/api/models/acme/locked`)
  expect([locked.status, locked.text]).toEqual([
    403,
    expect.stringContaining('Visit https://huggingface.co/acme/locked to ask for access'),
  ])
  expect((await file('acme/two')).status).toBe(404)
})

test('the account says who it is and what was spent, by session too', async () => {
  hub.reset()
  const page = async (path: string, token?: string | null): Promise<unknown> =>
    (await fetched(`${hub.hubUrl}/api/${path}`, undefined, token)).json
  expect(await page('whoami-v2')).toMatchObject({
    name: 'ada',
    orgs: [{ name: 'acme' }],
    auth: { accessToken: { fineGrained: { scoped: [{ permissions: ['inference.serverless.write'] }] } } },
  })
  expect(await page('whoami-v2', 'hf_weak')).toMatchObject({
    auth: { accessToken: { fineGrained: { scoped: [{ permissions: [] }] } } },
  })
  expect((await fetched(`${hub.hubUrl}/api/whoami-v2`, undefined, null)).status).toBe(401)
  expect(await page('settings/billing/usage-v2?startDate=1&endDate=2')).toMatchObject({
    usage: { inferenceProviders: { usedNanoUsd: 20_000_000, includedNanoUsd: 100_000_000 } },
  })
  const { usage } = await answered(hub.url, {
    model: 'acme/two',
    messages: [{ role: 'user', content: 'ping' }],
  })
  // 5 tokens in and 2 out, at 0.5 and 1 dollar a million.
  expect(usage).toEqual({ prompt_tokens: 5, completion_tokens: 2, total_tokens: 7, estimated_cost: 4.5e-6 })
  const [chat] = hub.chats()
  expect(chat).toMatchObject({ backend: 'together', status: 200, body: { model: 'acme/two' } })
  for (let n = 0; n < 2; n++)
    await fetch(`${hub.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer hf_bench', 'x-hf-session-id': 's1' },
      body: JSON.stringify({ model: 'acme/two', messages: [{ role: 'user', content: 'ping' }] }),
    })
  expect(await page('organizations/acme/billing/usage-by-inference-session')).toMatchObject({
    currency: 'USD',
    periods: [{ sessions: [{ id: 's1', costCents: 9e-4, numRequests: 2 }] }],
  })
})

test('a device signs in when the person has said yes, and not otherwise', async () => {
  const signIn = async (
    device: readonly (
      | 'authorization_pending'
      | 'slow_down'
      | 'access_denied'
      | 'granted'
      | 'expired_token'
    )[],
  ): Promise<readonly unknown[]> => {
    const { hubUrl, url } = await startHuggingFace({
      models: [modelWith(willing, { id: 'a/b' })],
      account: { device },
    })
    const post = async (path: string, form: Record<string, string>): Promise<Record<string, unknown>> => {
      const reply = await fetch(`${hubUrl}/oauth/${path}`, {
        method: 'POST',
        body: new URLSearchParams(form),
      })
      return (await reply.json()) as Record<string, unknown>
    }
    expect(await post('device', { client_id: 'nobody' })).toMatchObject({ error: 'invalid_client' })
    const begun = await post('device', { client_id: 'bench-client', scope: 'inference-api' })
    expect(begun).toMatchObject({ user_code: 'BNCH-0001', interval: 0.01 })
    const said: unknown[] = []
    for (const _ of device) {
      const answer = await post('token', {
        client_id: 'bench-client',
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: String(begun.device_code),
      })
      said.push(answer.error ?? (await asked(url, { model: 'a/b' }, String(answer.access_token))).status)
    }
    return said
  }
  expect(await signIn(['authorization_pending', 'slow_down', 'granted'])).toEqual([
    'authorization_pending',
    'slow_down',
    200,
  ])
  expect(await signIn(['access_denied'])).toEqual(['access_denied'])
  expect(await signIn(['expired_token'])).toEqual(['expired_token'])
})

test('features are extracted: a vector a text, of length 1 on request, 32 texts at most', async () => {
  const extract = (body: object, id = 'acme/vectors'): ReturnType<typeof fetched> =>
    fetched(`${hub.hubUrl}/hf-inference/models/${id}/pipeline/feature-extraction`, body)
  const two = JSON.parse((await extract({ inputs: ['a', 'b'], normalize: true })).text) as readonly number[][]
  expect(two.map((vector) => Math.hypot(...vector))).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)])
  const one = JSON.parse((await extract({ inputs: 'a' })).text) as readonly number[]
  expect(one).toHaveLength(16)
  const length = Math.hypot(...one)
  expect(one.map((value) => value / length)).toEqual(two[0])
  expect(await extract({ inputs: Array.from({ length: 33 }, () => 'a') })).toMatchObject({ status: 413 })
  expect(await extract({ inputs: 'a' }, 'acme/none')).toMatchObject({ status: 404 })
})
