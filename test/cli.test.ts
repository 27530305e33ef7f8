import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BIN, HOME, type Start, build, cleanUp, natter } from './cli/command.ts'
import { type Remote, WORDS, json, startRemote, stream } from './cli/remote.ts'
import { Screen, hasTmux } from './cli/screen.ts'

const ANSWER = WORDS.join('')
const KEY = 'hf_averysecretkey'
// One pixel each.
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

let remote: Remote
beforeAll(async () => {
  build()
  remote = await startRemote()
}, 120_000)
beforeEach(() => remote.reset())
afterAll(() => {
  remote?.close()
  cleanUp()
})

/** Asks the loopback server. */
const ask = (args: readonly string[], start: Start = {}): ReturnType<typeof natter> =>
  natter(['--base-url', remote.url, ...args], start)

const asked = (): unknown => remote.requests.at(-1)?.body.messages.at(-1)?.content

describe('a prompt', () => {
  test('is answered on standard output, with nothing else there', async () => {
    expect(await ask(['Hello'])).toMatchObject({ code: 0, stdout: `${ANSWER}\n`, stderr: '' })
    expect(remote.requests[0]?.body).toMatchObject({
      stream: true,
      messages: [{ role: 'user', content: 'Hello' }],
    })
  })

  test('may be several words without quotes', async () => {
    await ask(['what', 'is', 'a', 'prime?'])
    expect(asked()).toBe('what is a prime?')
  })

  test('comes after the text that is piped in', async () => {
    await ask(['Summarise', 'this'], { stdin: 'first line\n  second line\n\n' })
    expect(asked()).toBe('first line\n  second line\n\nSummarise this')
  })

  test('may be piped in alone, and named by a dash', async () => {
    await ask([], { stdin: '\ufeffHello\r\n' })
    expect(asked()).toBe('Hello')
    await ask(['-'], { stdin: 'Hello again' })
    expect(asked()).toBe('Hello again')
  })

  test('may begin like a command or an option', async () => {
    await ask(['serve me a joke'])
    expect(asked()).toBe('serve me a joke')
    await ask(['help', 'me', 'out'])
    expect(asked()).toBe('help me out')
    await ask(['--', '--debug', 'is what?'])
    expect(asked()).toBe('--debug is what?')
  })

  test('that is nowhere is wrong use', async () => {
    const { code, stdout, stderr } = await ask([], { stdin: ' \n' })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: natter [options] [prompt...]')
  })

  test('that is no text is wrong use', async () => {
    const { code, stderr } = await ask(['What is this?'], { stdin: PNG })
    expect(code).toBe(2)
    expect(stderr).toContain('standard input is not text; a picture is passed with --image')
  })

  test('says that it waits when its input never ends', async () => {
    const child = spawn(process.execPath, [BIN, '--base-url', remote.url, 'Hello'], {
      env: { HOME },
      stdio: 'pipe',
    })
    const said = await new Promise<string>((resolve) =>
      child.stderr.once('data', (text) => resolve(String(text))),
    )
    child.stdin.end()
    expect(said).toContain('waiting for the text that is piped in to end; with none to come, add </dev/null')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  })
})

describe('options', () => {
  test('--model takes a provider and model, or a model of the Hub', async () => {
    await ask(['-m', 'huggingface/org/one:groq', 'Hi'])
    expect(remote.requests[0]?.body.model).toBe('org/one:groq')
    await ask(['--model', 'meta-llama/Llama-3.1-8B-Instruct', 'Hi'])
    expect(remote.requests[1]?.body.model).toBe('meta-llama/Llama-3.1-8B-Instruct')
    await ask(['-m', 'openai-compatible/default', 'Hi'])
    expect(remote.requests[2]?.body.model).toBe('default')
  })

  test('--model may be in the environment', async () => {
    await ask(['Hi'], { env: { NATTER_MODEL: 'org/two' } })
    await ask(['-m', 'org/three', 'Hi'], { env: { NATTER_MODEL: 'org/two' } })
    await ask(['Hi'], { env: { NATTER_MODEL: '', NATTER_ECHO: '' } })
    expect(remote.requests.map(({ body }) => body.model)).toEqual([
      'org/two',
      'org/three',
      expect.stringContaining('/'),
    ])
  })

  test('--model without a key says where to get one', async () => {
    const { code, stdout, stderr } = await natter(['-m', 'org/model', 'Hi'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^natter: Hugging Face needs a key, .*HF_TOKEN.*https:\/\/huggingface\.co\/settings\/tokens/,
    )
    expect(stderr).not.toContain('apiKey')
  })

  test('--system is told first', async () => {
    await ask(['-s', 'Be terse.', 'Hi'])
    expect(remote.requests[0]?.body.messages[0]).toEqual({ role: 'system', content: 'Be terse.' })
  })

  test('--param takes numbers, booleans, JSON and text', async () => {
    const params = [
      'temperature=.5',
      'maxTokens=20',
      'seed=-3',
      'stopSequences=END',
      'stopSequences=["A","B"]',
      'my_flag=true',
      'my_data={"a":1}',
      'my_word=x=y',
    ]
    await ask([...params.flatMap((param) => ['-p', param]), 'Hi'])
    expect(remote.requests[0]?.body).toMatchObject({
      temperature: 0.5,
      max_tokens: 20,
      seed: -3,
      stop: ['END', 'A', 'B'],
      my_flag: true,
      my_data: { a: 1 },
      my_word: 'x=y',
    })
  })

  test.each([
    ['temperature=-1', 'params.temperature must be 0 or more: it is -1'],
    ['topP=2', 'params.topP must be from 0 to 1: it is 2'],
    ['maxTokens=many', 'params.maxTokens must be a whole number'],
    ['temprature=1', 'did you mean temperature?'],
    ['temperature', 'It must be name=value'],
  ])('--param %s is wrong use', async (param, words) => {
    const { code, stdout, stderr } = await ask(['--param', param, 'Hi'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(remote.requests).toEqual([])
  })

  test('--image takes a path, whose type its bytes tell, and URLs', async () => {
    const path = join(HOME, 'picture.txt')
    writeFileSync(path, PNG)
    const data = `data:image/gif;base64,${GIF}`
    await ask(['-i', path, '--image', 'https://example.com/cat.jpg', '--image', data, 'What is it?'])
    expect(asked()).toEqual([
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG.toString('base64')}` } },
      { type: 'image_url', image_url: { url: 'https://example.com/cat.jpg' } },
      { type: 'image_url', image_url: { url: data } },
      { type: 'text', text: 'What is it?' },
    ])
  })

  test.each([
    ['no-such.png', 'no-such.png'],
    [BIN, 'is not a PNG, JPEG, WebP or GIF'],
    [HOME, 'is a folder'],
    ['data:text/plain,hello', 'is not a PNG, JPEG, WebP or GIF'],
  ])('--image %s is wrong use', async (source, words) => {
    const { code, stderr } = await ask(['--image', source, 'What is it?'])
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })

  test('--no-stream asks for the whole answer', async () => {
    expect(await ask(['--no-stream', 'Hi'])).toMatchObject({ code: 0, stdout: `${ANSWER}\n` })
    expect(remote.requests[0]?.body.stream).not.toBe(true)
  })

  test('--json prints one line', async () => {
    const { code, stdout, stderr } = await ask(['--json', 'Hi'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toHaveLength(2)
    expect(JSON.parse(stdout)).toEqual({
      text: ANSWER,
      provider: 'huggingface',
      model: 'served-model',
      servedBy: 'novita',
      serviceTier: null,
      finish: 'stop',
      usage: { input: 7, output: 4 },
      cost: null,
      duration: expect.any(Number),
    })
  })

  test('--echo none prints nothing, all prints the rest on standard error', async () => {
    expect(await ask(['--echo', 'none', 'Hi'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
    remote.answer = (_, response) => stream(response, WORDS, { thinking: 'Hmm.' })
    const all = await ask(['Hi'], { env: { NATTER_ECHO: 'all' } })
    expect(all.stdout).toBe(`${ANSWER}\n`)
    expect(all.stderr).toMatch(/^> Hi\nHmm\.\n\[served-model, by novita, 7 tokens in, 4 out, [\d.]+ s\]\n$/)
  })

  test('--timeout ends an answer that takes too long', async () => {
    remote.answer = (_, response) =>
      stream(
        response,
        Array.from({ length: 50 }, () => 'word '),
        { pause: 100 },
      )
    const { code, stdout, stderr, time } = await ask(['--timeout', '0.5', 'Hi'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^(word )+\n$/)
    expect(stderr).toBe('natter: Hugging Face was not done after 0.5 s. The limit is --timeout.\n')
    expect(time).toBeLessThan(4000)
  })

  test('--api-key-env names the variable that holds the key', async () => {
    await ask(['--api-key-env', 'MY_KEY', 'Hi'], { env: { MY_KEY: KEY } })
    expect(remote.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(await ask(['--api-key-env', 'NO_KEY', 'Hi'])).toMatchObject({ code: 2 })
  })

  test('--bill-to names who pays', async () => {
    await ask(['--bill-to', 'my-org', 'Hi'])
    expect(remote.requests[0]?.headers['x-hf-bill-to']).toBe('my-org')
  })

  test('--version and --help are quick and complete', async () => {
    const runs = []
    for (let run = 0; run < 3; run++) runs.push(await natter(['--version']))
    expect(runs[0]).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
    // Generous: the machine may be busy; alone it takes a third of it.
    expect(Math.min(...runs.map(({ time }) => time))).toBeLessThan(600)
    const help = await natter(['--help'])
    expect(help.code).toBe(0)
    for (const option of [
      'model',
      'system',
      'param',
      'image',
      'local',
      'no-stream',
      'json',
      'echo',
      'base-url',
      'timeout',
      'debug',
    ])
      expect(help.stdout).toContain(`--${option}`)
    for (const words of ['HF_TOKEN', 'NO_COLOR', 'Exit codes', 'natter serve --local'])
      expect(help.stdout).toContain(words)
    expect((await natter(['help'])).stdout).toBe(help.stdout)
    expect((await natter(['serve', '--help'])).stdout).toContain('--api-key-env')
  })

  test.each([
    [['--modle', 'x', 'Hi'], 'Did you mean --model?'],
    [['--echo', 'loud', 'Hi'], 'none, output, text, all'],
    [['--base-url', 'localhost:8080', 'Hi'], 'http: or https: URL'],
    [['--timeout', 'soon', 'Hi'], 'seconds'],
    [['--timeout', '1e9', 'Hi'], 'seconds'],
    [['--model'], 'argument missing'],
    [['-m', 'openai-compatible/x', 'Hi'], 'needs --base-url'],
    [['--local', 'a.gguf', '-m', 'b.gguf', 'Hi'], 'Name one'],
    [['--local', '--base-url', 'http://127.0.0.1:1', 'Hi'], 'cannot be used together'],
    [['serve'], 'serve what?'],
    [['serve', '--local', '--port', '99999'], '65535'],
    [['serve', '--local', '--host', '0.0.0.0'], '--api-key-env'],
  ])('%j is wrong use', async (args, words) => {
    const { code, stdout, stderr } = await natter(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe('failures', () => {
  test('a server that is not there is named, at once, with the exit code 1', async () => {
    const { code, stdout, stderr, time } = await natter(['--base-url', 'http://127.0.0.1:9', 'hi'], {
      env: { HF_TOKEN: 'x' },
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^natter: .*http:\/\/127\.0\.0\.1:9: .*refused: is the server running.*\n$/)
    expect(time).toBeLessThan(10_000)
  })

  test('a refusal is one line, without the key and without a stack', async () => {
    remote.answer = (_, response) => json(response, 401, { error: `Invalid token ${KEY}` })
    const { code, stderr } = await ask(['Hi'], { env: { HF_TOKEN: KEY } })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^natter: Hugging Face answered 401: Invalid token \[redacted\]\. .*\n$/)
  })

  test('--debug shows the stack and the request, never the key', async () => {
    remote.answer = (_, response) => json(response, 401, { error: `Invalid token ${KEY}` })
    const { code, stdout, stderr } = await ask(['--debug', 'Hi'], { env: { HF_TOKEN: KEY } })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`> POST ${remote.url}/chat/completions`)
    expect(stderr).toContain('"content": "Hi"')
    expect(stderr).toContain('> authorization: [redacted]')
    expect(stderr).toContain('< 401 application/json')
    expect(stderr).toMatch(/^\s+at /m)
    expect(stderr).not.toContain(KEY)
  })

  test('--debug changes nothing about an answer', async () => {
    expect(await ask(['--debug', 'Hi'])).toMatchObject({ code: 0, stdout: `${ANSWER}\n` })
    const dead = await natter(['--debug', '--base-url', 'http://127.0.0.1:9', 'hi'])
    expect(dead).toMatchObject({ code: 1, stderr: expect.stringContaining('refused: is the server running') })
  })

  test('an answer that breaks off ends its line, then says so', async () => {
    remote.answer = (_, response) => {
      response.setHeader('content-type', 'text/event-stream')
      response.write('data: {"choices":[{"index":0,"delta":{"content":"Half"}}]}\n\n', () =>
        response.destroy(),
      )
    }
    const { code, stdout, stderr } = await ask(['Hi'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'Half\n' })
    expect(stderr).toMatch(/^natter: .+\n$/)
  })

  test('an answer cut at its limit is an answer, with a word of warning', async () => {
    remote.answer = (_, response) => stream(response, WORDS, { finish: 'length' })
    const { code, stdout, stderr } = await ask(['Hi'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${ANSWER}\n` })
    expect(stderr).toBe(
      'natter: the answer is not whole: it reached its token limit (--param maxTokens=… raises it)\n',
    )
  })

  test('what was changed about a request is said in one plain line', async () => {
    remote.answer = (request, response) =>
      'seed' in request.body
        ? json(response, 400, {
            error: {
              message: "Unsupported parameter: 'seed' is not supported with this model.",
              param: 'seed',
              code: 'unsupported_parameter',
            },
          })
        : stream(response, WORDS)
    const { code, stdout, stderr } = await ask(['-p', 'seed=1', 'Hi'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${ANSWER}\n` })
    expect(stderr).toMatch(/^natter: .*seed.*\n$/)
    expect(stderr).not.toMatch(/node:\d|Warning/)
  })

  test('Ctrl-C stops the answer, keeps what came and exits with 130', async () => {
    let isClosed = false
    remote.answer = (_, response) => {
      response.on('close', () => (isClosed = !response.writableFinished))
      return stream(
        response,
        Array.from({ length: 100 }, () => 'word '),
        { pause: 50 },
      )
    }
    const { code, stdout, stderr, time } = await ask(['Hi'], { onAnswer: (child) => child.kill('SIGINT') })
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' })
    expect(stdout).toMatch(/^(word )+\n$/)
    expect(time).toBeLessThan(4000)
    expect(isClosed).toBe(true)
  })

  test('a reader that leaves ends it quietly', () => {
    remote.answer = (_, response) =>
      stream(
        response,
        Array.from({ length: 2000 }, () => 'line\n'),
      )
    const script = `set -o pipefail; '${process.execPath}' '${BIN}' --base-url ${remote.url} Hi </dev/null | head -1`
    return new Promise<void>((resolve) => {
      const child = spawn('bash', ['-c', script], {
        env: { HOME, PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let all = ''
      child.stdout.on('data', (text) => (all += String(text)))
      child.stderr.on('data', (text) => (all += String(text)))
      child.on('close', (code) => {
        expect({ code, all }).toEqual({ code: 0, all: 'line\n' })
        resolve()
      })
    })
  })
})

describe('colour', () => {
  const colours = async (env: Record<string, string>): Promise<boolean> =>
    (await natter(['--base-url', 'http://127.0.0.1:9', 'hi'], { env })).stderr.includes('\u001b[')

  test('is for terminals, unless asked for, and never with NO_COLOR', async () => {
    expect(await colours({})).toBe(false)
    expect(await colours({ FORCE_COLOR: '1' })).toBe(true)
    expect(await colours({ FORCE_COLOR: '0' })).toBe(false)
    expect(await colours({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
  })

  test('is never in an answer', async () => {
    remote.answer = (_, response) => stream(response, WORDS, { thinking: 'Hmm.' })
    expect((await ask(['--echo', 'all', 'Hi'], { env: { FORCE_COLOR: '1' } })).stdout).toBe(`${ANSWER}\n`)
  })
})

describe('the built-in model', () => {
  test('answers where there is no key, and says so in one line', async () => {
    const { code, stdout, stderr } = await natter(['What can you do?'])
    expect(code).toBe(0)
    expect(stdout.trim()).not.toBe('')
    expect(stderr).toMatch(
      /^natter: no key found, .*built-in tiny model.*HF_TOKEN.*https:\/\/huggingface\.co\/settings\/tokens.*\n$/,
    )
  })

  test('uses what is piped in', async () => {
    const { stdout } = await natter(['Where do I live?'], { stdin: 'My name is Mary and I live in Oslo.\n' })
    expect(stdout).toContain('Oslo')
  })

  test.each([[['--local', 'Hello']], [['-l', '--', 'Hello']], [['-m', 'local/natter-tiny', 'Hello']]])(
    'is asked by %j, with a key or without',
    async (args) => {
      const { code, stdout, stderr } = await natter(['--json', ...args], {
        env: { HF_TOKEN: KEY, NATTER_MODEL: 'org/model' },
      })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(JSON.parse(stdout)).toMatchObject({
        provider: 'local',
        model: 'natter-tiny',
        usage: { output: expect.any(Number) },
      })
    },
  )

  test('takes parameters', async () => {
    const { code, stdout, stderr } = await natter([
      '--local',
      '--json',
      '-p',
      'maxTokens=2',
      'What can you do?',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ finish: 'length', usage: { output: 2 } })
    expect(stderr).toContain('not whole')
  })

  test.each([
    ['missing.gguf', 2, 'missing.gguf'],
    [BIN, 2, 'is not a GGUF model'],
  ])('--local %s names the file that is wrong', async (path, exitCode, words) => {
    const { code, stdout, stderr } = await natter(['--local', path, 'Hello'])
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('is served to others until Ctrl-C', async () => {
    let body: unknown
    const { code, stdout, stderr } = await natter(
      ['serve', '--local', '--port', '0', '--api-key-env', 'SECRET'],
      {
        env: { SECRET: 'sk-served-here' },
        onAside: async (child, text) => {
          const url = /at (http:\S+)/.exec(text)?.[1]
          if (body !== undefined || !url || !text.includes('curl')) return
          body = null
          const headers = { authorization: 'Bearer sk-served-here' }
          const messages = [{ role: 'user', content: 'Hello' }]
          const reply = await fetch(`${url}/chat/completions`, {
            method: 'POST',
            headers,
            body: JSON.stringify({ messages }),
          })
          body = await reply.json()
          child.kill('SIGINT')
        },
      },
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(body).toMatchObject({ choices: [{ message: { role: 'assistant' } }] })
    expect(stderr).toContain('$SECRET')
    expect(stderr).not.toContain('sk-served-here')
  })
})

test('npm start asks', () => {
  const env = { HOME, PATH: process.env['PATH'] ?? '' }
  const output = execFileSync('npm', ['start', '--silent', '--', 'What can you do?'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  expect(output.trim()).not.toBe('')
})

describe.skipIf(!hasTmux)(
  hasTmux ? 'a conversation' : 'a conversation (skipped: there is no tmux to play the terminal)',
  () => {
    let screen: Screen | undefined
    afterEach(() => screen?.close())

    const start = async (env: Readonly<Record<string, string>> = {}): Promise<Screen> => {
      screen = new Screen(`--base-url ${remote.url} -m org/model`, env)
      await screen.shows(/Ctrl-D leaves\.\n\n>/)
      return screen
    }
    const slowly = (): void => {
      remote.answer = (_, response) =>
        stream(
          response,
          Array.from({ length: 100 }, (_word, at) => `word${at} `),
          { pause: 50 },
        )
    }

    test('remembers, and Ctrl-D leaves', async () => {
      const at = await start()
      at.keys('Hello', 'Enter')
      await at.shows(/> Hello\nFour words and done\.\n\n>/)
      at.keys('Again', 'Enter')
      await at.shows(/> Again\nFour words and done\.\n\n>/)
      expect(remote.requests[1]?.body.messages.map(({ content }) => content)).toEqual([
        'Hello',
        ANSWER,
        'Again',
      ])
      at.keys('C-d')
      await at.shows('left with 0')
    })

    test('takes a prompt of several lines between """, and what is pasted', async () => {
      const at = await start()
      at.keys('"""one', 'Enter', 'two', 'Enter', '"""', 'Enter')
      await at.shows('done.')
      expect(asked()).toBe('one\ntwo')
      at.paste('three\nfour\n')
      at.keys('five', 'Enter')
      await at.shows(/five\nFour words/)
      expect(asked()).toBe('three\nfour\nfive')
      expect(remote.requests).toHaveLength(2)
    })

    test('Ctrl-C stops one answer, and what had come stays', async () => {
      const at = await start()
      slowly()
      at.keys('Count', 'Enter')
      await at.shows('word3')
      at.keys('C-c')
      await at.shows(/stopped; what had come stays in the conversation\n\n>/)
      remote.reset()
      at.keys('Go on', 'Enter')
      await at.shows('done.')
      expect(remote.requests[0]?.body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
      expect(remote.requests[0]?.body.messages[1]?.content).toMatch(/^word0 word1 word2 word3/)
    })

    test('Ctrl-C at the prompt clears it, says how to leave, and leaves', async () => {
      const at = await start()
      at.keys('never mind', 'C-c')
      await at.shows(/never mind\^C\n>/)
      at.keys('C-c')
      await at.shows('press Ctrl-C once more')
      at.keys('C-c')
      await at.shows('left with 0')
      expect(remote.requests).toEqual([])
    })

    test('keeps what is typed while an answer comes for the next prompt', async () => {
      const at = await start()
      remote.answer = (_, response) => stream(response, WORDS, { pause: 300 })
      at.keys('Hello', 'Enter')
      await at.shows('Four')
      at.keys('What', 'Enter', 'about')
      await at.shows(/> Hello\nFour words and done\.\n\n> What\nFour words and done\.\n\n> about$/)
      expect(remote.requests.map(({ body }) => body.messages.at(-1)?.content)).toEqual(['Hello', 'What'])
    })

    test('brings back earlier prompts', async () => {
      const at = await start()
      at.keys('Hello', 'Enter')
      await at.shows('done.')
      at.keys('Up')
      await at.shows(/done\.\n\n> Hello$/)
    })

    test('survives a failure, and has commands', async () => {
      const at = await start()
      remote.answer = (_, response) => json(response, 400, { error: { message: 'No such thing' } })
      at.keys('Hello', 'Enter')
      await at.shows('answered 400: No such thing')
      remote.reset()
      at.keys('/help', 'Enter')
      await at.shows('/model [name]')
      at.keys('/nonsense', 'Enter')
      await at.shows('there is no command /nonsense')
      at.keys('/system Be terse.', 'Enter', '/model org/other', 'Enter', '/etc/hosts is what?', 'Enter')
      await at.shows('done.')
      expect(remote.requests[0]?.body).toMatchObject({
        model: 'org/other',
        messages: [
          { role: 'system', content: 'Be terse.' },
          { role: 'user', content: '/etc/hosts is what?' },
        ],
      })
      at.keys('/quit', 'Enter')
      await at.shows('left with 0')
    })

    test('shows thinking, and no control characters of the model', async () => {
      const at = await start({ NO_COLOR: '1' })
      remote.answer = (_, response) => stream(response, ['\u001b[2J', 'visible'], { thinking: 'Let me see.' })
      at.keys('Hello', 'Enter')
      await at.shows(/> Hello\nLet me see\.\n\[2Jvisible\n\n>/)
    })

    test('is held with the built-in model where there is no key', async () => {
      screen = new Screen('')
      await screen.shows('Ctrl-D leaves')
      screen.keys('My name is Mary and I live in Oslo.', 'Enter')
      await screen.shows(/in Oslo\.\n.+\n\n>/)
      screen.keys('Where do I live?', 'Enter')
      await screen.shows(/live\?\n.*Oslo/)
      screen.keys('exit', 'Enter')
      await screen.shows('left with 0')
    })
  },
)
