import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Start, build, cleanUp, natter } from './cli/command.ts'
import { Screen, hasTmux } from './cli/screen.ts'
import { json, loopback } from './loopback.ts'
import { behaviour, modelWith, willing } from './router/backends.ts'
import { type HuggingFace, startHuggingFace } from './router/hugging-face.ts'

const TOKEN = 'hf_bench_of_models'
const deaf = behaviour('ignores-tools')
const blind = behaviour('no-vision')
const MODELS = [
  modelWith(willing, { id: 'org/able', backends: { groq: willing, novita: deaf, together: willing } }),
  modelWith(deaf, { id: 'org/deaf', backends: { novita: deaf } }),
  { ...modelWith(blind, { id: 'org/blind', backends: { together: blind } }), gated: 'manual' as const },
  modelWith(behaviour('no-system-vllm'), { id: 'org/no-system' }),
  modelWith(behaviour('refuses-tools-vllm'), { id: 'org/lies', catalogue: 'wrong' }),
  modelWith(willing, { id: 'org/unknown', catalogue: 'unknown' }),
]

let hf: HuggingFace
let home: string
beforeAll(async () => {
  build()
  hf = await startHuggingFace({ models: MODELS, account: { tokens: { [TOKEN]: { inference: true } } } })
}, 120_000)
beforeEach(() => {
  hf.reset()
  home = mkdtempSync(join(tmpdir(), 'natter-models-'))
  return () => rmSync(home, { recursive: true, force: true })
})
afterAll(cleanUp)

const cache = (): string => join(home, 'cache')

/** Runs the command with a home and a cache of its own; whatever it prints holds no token and no escape sequence. */
async function run(args: readonly string[], { env = {}, ...start }: Start = {}): ReturnType<typeof natter> {
  const outcome = await natter(args, {
    ...start,
    env: { HOME: home, NATTER_CACHE: cache(), HF_ENDPOINT: hf.hubUrl, HF_TOKEN: TOKEN, ...env },
  })
  expect(outcome.stdout + outcome.stderr).not.toContain(TOKEN)
  expect(outcome.stdout + outcome.stderr).not.toContain('\u001b')
  return outcome
}

const models = (...args: readonly string[]): ReturnType<typeof natter> =>
  run(['models', ...args, '--base-url', hf.url])

/** The ids in a list. */
async function ids(...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout } = await models(...args)
  expect(code).toBe(0)
  return stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(' ')[0] ?? '')
}

describe('natter models', () => {
  test('lists what the router serves in aligned columns', async () => {
    const { code, stdout, stderr } = await models()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      [
        'model          context  $in/$out     modalities        tools  json  backends',
        'org/able       131k     $0.17/$0.33  text+image->text  yes    yes   groq, novita, together',
        'org/deaf       131k     $0.50/$1.00  text+image->text  no     yes   novita',
        'org/blind      131k     $0.50/$1.00  text->text        yes    yes   together',
        'org/no-system  131k     $0.50/$1.00  text+image->text  yes    yes   novita',
        'org/lies       131k     $0.50/$1.00  text+image->text  yes    yes   novita',
        'org/unknown                                                         novita',
        '',
      ].join('\n'),
    )
    expect(hf.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/v1/models', undefined],
    ])
  })

  test('lists only what one live backend can do', async () => {
    expect(await ids('--tools')).toEqual(['org/able', 'org/blind', 'org/no-system', 'org/lies'])
    expect(await ids('--structured', '--backend', 'together')).toEqual(['org/able', 'org/blind'])
    expect(await ids('--image', '--tools', '--max-price', '0.4')).toEqual(['org/able'])
    expect(await ids('--min-context', '131072', '--backend', 'groq')).toEqual(['org/able'])
    const { stdout } = await models('--tools', '--max-price', '$0.6')
    expect(stdout).toMatch(/^org\/able +131k +\$0\.17\/\$0\.33 .* together$/m)
    expect(await models('--min-context', '200000')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'natter: no model has all of that\n',
    })
  })

  test('--json prints one line, with null for what is not known', async () => {
    const { code, stdout } = await models('--json')
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    const listed = JSON.parse(stdout) as readonly object[]
    expect(listed).toHaveLength(MODELS.length)
    expect(listed[0]).toMatchObject({
      id: 'org/able',
      name: null,
      owner: 'org',
      created: '2025-12-22T07:45:52.000Z',
      contextLength: 131_072,
      capabilities: { tools: true, structured: true, image: true },
      isStale: false,
    })
    expect(listed.at(-1)).toMatchObject({
      id: 'org/unknown',
      contextLength: null,
      prices: null,
      inputs: null,
      capabilities: { tools: null, structured: null, image: null },
      backends: [{ name: 'novita', status: 'live' }],
    })
  })

  test('uses an old list where there is no newer one, and says so', async () => {
    await models()
    const [file = ''] = readdirSync(cache())
    const kept = JSON.parse(readFileSync(join(cache(), file), 'utf8')) as object
    writeFileSync(join(cache(), file), JSON.stringify({ ...kept, at: Date.now() - 3 * 60 * 60_000 }))
    const dead = { HTTP_PROXY: 'http://127.0.0.1:9' }
    const { code, stdout, stderr } = await run(['models', '--base-url', hf.url], { env: dead })
    expect(code).toBe(0)
    expect(stdout).toContain('org/able')
    expect(stderr).toBe('natter: the list is an old one: no newer could be had\n')
  })

  test('of another provider lists what that one has, unknown is blank, and a wish chooses', async () => {
    const data = [
      {
        id: 'llama',
        context_length: 131_072,
        pricing: { input: 0.5, output: 1 },
        supported_parameters: ['tools'],
        architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
      },
      { id: 'whisper' },
    ]
    const server = await loopback((reply) => json(reply, 200, { data }))
    const list = (...args: readonly string[]): ReturnType<typeof natter> =>
      run(['models', 'openrouter', '--base-url', server.url, ...args], { env: { OPENROUTER_API_KEY: TOKEN } })
    expect((await list()).stdout).toBe(
      [
        'model    context  $in/$out     modalities        tools  json',
        'llama    131k     $0.50/$1.00  text+image->text  yes    no',
        'whisper',
        '',
      ].join('\n'),
    )
    expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
    expect((await list('--structured')).stderr).toBe('natter: no model has all of that\n')
    const { stdout } = await list('--tools', '--json')
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ id: 'llama', contextLength: 131_072, backends: [], isStale: false }),
    ])
  })

  test('without the key of a provider says where it was looked for', async () => {
    const { code, stderr } = await run(['models', 'claude'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/Anthropic needs a key.*ANTHROPIC_API_KEY/)
  })

  test('without a network says what could not be had', async () => {
    const { code, stdout, stderr } = await run(['models', '--base-url', 'http://127.0.0.1:9/v1'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('natter: Could not reach Hugging Face at http://127.0.0.1:9')
  })

  test.runIf(hasTmux)('fits a narrow terminal: what does not fit is cut', async () => {
    const id = 'an-organisation-with-a-name/and-a-model-with-a-longer-one'
    const backends = { groq: willing, novita: willing, together: willing, 'fireworks-ai': willing }
    const { url } = await startHuggingFace({ models: [modelWith(willing, { id, backends })] })
    const screen = new Screen(`models --base-url ${url}`, { NATTER_CACHE: cache() })
    try {
      const lines = (await screen.shows('left with 0')).split('\n')
      expect(lines[1]).toMatch(/^an-organisation-with-a-name\/.*… +131k .*text\+image->text +yes +yes$/)
      expect(lines).toHaveLength(3)
    } finally {
      screen.close()
    }
  })

  test.each([
    [['--min-context', 'long'], 'It must be a whole number'],
    [['--max-price', 'cheap'], 'It must be US dollars'],
    [['--base-url', 'router'], 'It must be an http: or https: URL'],
    [['org/able', '--tools'], 'natter models org/able tells all of that one'],
    [['antropic'], 'there is no provider "antropic": did you mean "anthropic"?'],
    [['gpt2'], 'a model of the Hub is written owner/name'],
    [['snowflake'], 'Snowflake Cortex has no list of models'],
    [['cloudflare'], 'no account of Cloudflare is known'],
    [['vllm'], 'vllm needs --base-url: the address of the server'],
    [['openai', '--backend', 'groq'], '--backend chooses among those of Hugging Face'],
    [['openai', '--api-key-env', 'NO_SUCH'], 'the environment has no such variable'],
  ])('%j is wrong use', async (args, message) => {
    const { code, stderr } = await run(['models', ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('natter models with an id', () => {
  test('tells what is known, by whom and since when, and what natter does about it', async () => {
    const { code, stdout, stderr } = await models('org/able')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const line of [
      /^org\/able$/m,
      /^context +131k tokens +catalogue, just now$/m,
      /^price +\$0\.17\/\$0\.33 for a million tokens in\/out +catalogue, just now$/m,
      /^system prompt +has a role of its own +chat template, just now$/m,
      /^pictures +are seen +catalogue, just now$/m,
      /^turns +in any order +chat template, just now$/m,
      /^calls +<tool_call>\{…\}<\/tool_call> +chat template, just now$/m,
      /^access +open to everybody +Hub, just now$/m,
      /^groq +live +131k +\$0\.50\/\$1\.00 +200 +200 +native +json-schema$/m,
      /^novita +live +131k +\$0\.25\/\$0\.50 +300 +150 +schema +json-schema$/m,
      /^tools +offered in the field for tools, at groq first: the catalogue says that it takes tools$/m,
      /^data +asked for by json_schema, at groq first/m,
      /^pictures +are sent$/m,
    ])
      expect(stdout).toMatch(line)
    expect(hf.chats()).toEqual([])
  })

  test.each([
    ['org/no-system', /^system prompt +goes into the first question$/m],
    ['org/blind', /^pictures +are refused before anything is sent, with models that can see$/m],
    ['org/blind', /^access +for those who ask for it \(manual\)/m],
    ['org/deaf', /^tools +offered as a form .* the catalogue says that it takes no tools$/m],
    ['org/unknown', /^tools +in the best way first, and in the next where that is refused or ignored$/m],
    ['org/unknown', /^The Hub has no chat template of it\.$/m],
    ['org/unknown', /^system prompt +may not be read: there is no chat template +Hub, just now$/m],
    ['org/no-system', /^system prompt +has no role +chat template, just now$/m],
    ['org/able:novita', /^tools +offered as a form for the answer, at novita first/m],
  ])('of %s says %s', async (id, line) => {
    expect((await models(id)).stdout).toMatch(line)
  })

  test('--backend names the backend', async () => {
    const { stdout } = await models('org/able', '--backend', 'together')
    expect(stdout).toMatch(/^together +live/m)
    expect(stdout).not.toMatch(/^groq/m)
  })

  test('shows what was learned, until it is forgotten', async () => {
    writeLesson('org/lies:novita', {
      toolsRefused: ['native'],
      paramNames: { maxTokens: 'max_completion_tokens', seed: null },
    })
    const { stdout } = await models('org/lies')
    expect(stdout).toMatch(/^novita .* schema \(learned 2 days ago\)/m)
    expect(stdout).toMatch(
      /^maxTokens +is sent as max_completion_tokens \(at novita\) +learned, 2 days ago$/m,
    )
    expect(stdout).toMatch(/^seed +is refused \(at novita\)/m)
    expect(stdout).toMatch(
      /^tools +offered as a form for the answer, at novita first: refused or ignored: native$/m,
    )
    await run(['forget', 'org/lies'])
    expect((await models('org/lies')).stdout).not.toContain('learned')
  })

  test('--json prints the same in one line', async () => {
    const { code, stdout } = await models('org/able', '--json')
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'org/able',
      system: { value: 'role', source: 'template', at: expect.stringMatching(/^20\d\d-/) as string },
      backends: [{ name: 'groq' }, { name: 'novita' }, { name: 'together' }],
      missing: [],
    })
  })

  test('that is mistyped asks what was meant', async () => {
    const { code, stdout, stderr } = await models('org/abel')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^natter: The catalogue does not list org\/abel\. Did you mean org\/able/)
  })

  test('without a network says what could not be had', async () => {
    const { code, stderr } = await run(['models', 'org/able', '--base-url', 'http://127.0.0.1:9/v1'], {
      env: { HF_ENDPOINT: 'http://127.0.0.1:9' },
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/No catalogue could be had from .* The Hub could not be asked about org\/able/)
  })
})

describe('natter forget', () => {
  test('forgets one model or all, and says of how many', async () => {
    writeLesson('org/a:groq', { system: 'fold' })
    writeLesson('org/a', { omit: ['store'] })
    writeLesson('org/b', { system: 'fold' })
    const said = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(['forget', ...args])
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
      return stderr
    }
    expect(await said('org/c')).toBe('natter: nothing was learned of org/c\n')
    expect(await said('org/a:fastest')).toBe('natter: forgot what was learned of org/a: 2 entries\n')
    expect(await said()).toBe('natter: forgot what was learned of all models: 1 entry\n')
    expect(await said()).toBe('natter: nothing was learned of any model\n')
  })
})

describe('a command', () => {
  test.each([
    ['models', 'of steam engines', 'one word at most'],
    ['forget', 'me not', 'one word at most'],
    ['doctor', 'who', 'no words'],
  ])('%s that is followed by words asks for quotes', async (name, words, most) => {
    const { code, stdout, stderr } = await run([name, ...words.split(' ')])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      `natter: natter ${name} takes ${most}. To ask that as a prompt, quote it: natter "${name} ${words}"\n`,
    )
  })

  test('has help of its own, and stands in the list of all', async () => {
    expect((await run(['models', '--help'])).stdout).toContain('natter models --tools --image --max-price 1')
    const { stdout } = await run(['--help'])
    for (const name of ['models', 'forget', 'doctor']) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })
})

/** Adds what an earlier process would have learned two days ago. */
function writeLesson(model: string, capabilities: object): void {
  const file = join(cache(), 'learned.json')
  mkdirSync(cache(), { recursive: true })
  const rows = readdirSync(cache()).includes('learned.json')
    ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly value: object }).value
    : {}
  const at = Date.now() - 2 * 24 * 60 * 60_000 - 1000
  const value = { ...rows, [`${hf.url} ${model}`]: { at, capabilities } }
  writeFileSync(file, JSON.stringify({ at, value }))
}
