import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SessionStore } from '../src/sessions/session-store.ts'
import { HOME, build, cleanUp } from './cli/command.ts'
import { type Remote, json, startRemote, stream } from './cli/remote.ts'
import { Screen, hasTmux } from './cli/screen.ts'

let remote: Remote
let screen: Screen | undefined
let folder: string

beforeAll(async () => {
  build()
  remote = await startRemote()
}, 120_000)
beforeEach(() => {
  folder = mkdtempSync(join(HOME, 'work-'))
})
afterEach(() => {
  screen?.close()
  remote.reset()
})
afterAll(() => {
  remote.close()
  cleanUp()
})

/** The console at the loopback server, with what is kept in a folder of the test's own. */
const start = async (env: Readonly<Record<string, string>> = {}): Promise<Screen> => {
  screen = new Screen(`--base-url ${remote.url} -m org/model`, { NATTER_DATA: folder, ...env })
  await screen.shows(/Ctrl-D leaves\.\n\n>/)
  return screen
}
const say = async (at: Screen, line: string, shown: string | RegExp): Promise<string> => {
  at.keys('-l', line)
  at.keys('Enter')
  return at.shows(shown)
}
const answering = (...texts: readonly string[]): void => {
  let next = 0
  remote.answer = (_, response) => stream(response, [texts[next++] ?? 'no more'])
}

describe.skipIf(!hasTmux)(
  hasTmux ? 'the console' : 'the console (skipped: there is no tmux to play the terminal)',
  () => {
    test('shows Markdown: headings, lists, tables, code and links', async () => {
      const at = await start()
      answering(
        '# Plan\n\n- one\n  - two\n\n| a | b |\n|---|--:|\n| 日本 | 7 |\n\n```js\nlet x = 1\n```\n\nSee [the Hub](https://huggingface.co).\n',
      )
      const text = await say(at, 'Show me', /the Hub.*\n\n>/s)
      expect(text).toContain('\nPlan\n')
      expect(text).toMatch(/• one\n\s+. two/)
      expect(text).toMatch(/日本\s+│\s+7/)
      expect(text).toContain('let x = 1')
      expect(text).not.toContain('```')
      expect(text).not.toContain('|---|')
    })

    test('changes model, system prompt and parameters in mid-conversation', async () => {
      const at = await start()
      await say(at, 'Hello', 'done.')
      await say(at, '/model org/other', 'huggingface/org/other')
      await say(at, '/system Be terse.', 'Be terse.')
      await say(at, '/params temperature=0.2 maxTokens=9', /temperature=0\.2\nmaxTokens=9/)
      await say(at, '/params maxTokens=', /> \/params maxTokens=\ntemperature=0\.2\n\n>/)
      await say(at, 'Again', /Again\nFour words and done\.\n\n>/)
      const { body } = remote.requests[1]!
      expect(body).toMatchObject({ model: 'org/other', temperature: 0.2 })
      expect(body).not.toHaveProperty('max_tokens')
      expect(body.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
    })

    test('attaches a file to the next prompt alone', async () => {
      writeFileSync(join(folder, 'notes.txt'), 'Sales rose.')
      const at = await start()
      await say(at, `/file ${join(folder, 'notes.txt')}`, 'it goes with the next prompt')
      await say(at, 'What of it?', 'done.')
      await say(at, 'And now?', /now\?\nFour words and done\.\n\n>/)
      expect(JSON.stringify(remote.requests[0]?.body.messages)).toContain('Sales rose.')
      expect(remote.requests[1]?.body.messages.at(-1)?.content).toBe('And now?')
      await say(at, '/file nowhere.txt', 'nowhere.txt')
    })

    test('saves to a file, forgets, and goes on with it', async () => {
      const at = await start()
      await say(at, 'Hello', 'done.')
      const path = join(folder, 'talk.json')
      await say(at, `/save ${path}`, 'saved as')
      await say(at, '/clear', 'forgotten')
      await say(at, `/load ${path}`, '1 question, the last: Hello')
      await say(at, 'Again', /Again\nFour words and done\.\n\n>/)
      expect(remote.requests[1]?.body.messages).toHaveLength(3)
      expect(readFileSync(path, 'utf8')).toContain('"natter-chat"')
      await say(at, `/save ${join(folder, 'talk.md')}`, /saved as \S+talk\.md/)
      expect(readFileSync(join(folder, 'talk.md'), 'utf8')).toContain('Four words and done.')
    })

    test('resumes an earlier conversation by its title, also in another run', async () => {
      const first = await start()
      await say(first, 'Hello', /done\.\n\n>/)
      await say(first, '/save Trip to Oslo', 'kept as Trip to Oslo')
      first.keys('C-d')
      await first.shows('left with 0')
      first.close()
      const at = await start()
      await say(at, '/resume', 'Trip to Oslo')
      await say(at, '/resume oslo', '1 question, the last: Hello')
      await say(at, 'Again', /Again\nFour words and done\.\n\n>/)
      expect(remote.requests.at(-1)?.body.messages.map(({ content }) => content)).toEqual([
        'Hello',
        'Four words and done.',
        'Again',
      ])
      // It is gone on with where it is kept, not copied.
      at.keys('C-d')
      await at.shows('left with 0')
      const kept = await new SessionStore(join(folder, 'sessions')).list()
      expect(kept.map(({ title, count }) => [title, count])).toEqual([['Trip to Oslo', 4]])
    })

    test('goes back before a question, and asks one again', async () => {
      const at = await start()
      answering('First.', 'Second.', 'Third.')
      await say(at, 'One', /First\.\n\n>/)
      await say(at, 'Two', /Second\.\n\n>/)
      await say(at, '/branch', /1\. One\n2\. Two/)
      await say(at, '/branch 2', 'back before question 2: Two')
      await say(at, '/branch 7', 'there is 1 question: 7 is none of them')
      await say(at, '/retry', /\/retry\nThird\.\n\n>/)
      expect(remote.requests[2]?.body.messages.map(({ content }) => content)).toEqual(['One'])
      // The other branches are kept as well.
      await say(at, '/resume', /One/)
    })

    test('a question that is asked again in vain keeps its answer', async () => {
      const at = await start()
      await say(at, 'One', /done\.\n\n>/)
      remote.answer = (_, response) => json(response, 400, { error: { message: 'No such thing' } })
      await say(at, '/retry', 'No such thing')
      await say(at, '/copy', '20 characters went to the clipboard')
    })

    test('tells what it took, and the request that would be sent', async () => {
      const at = await start()
      await say(at, '/cost', 'nothing said yet')
      await say(at, 'Hello', /done\.\n\n>/)
      await say(at, '/cost', /2 turns, 7 tokens in, 4 out/)
      await say(at, '/cost on', 'what each answer takes is shown')
      await say(at, 'Again', /served-model, by novita, 7 tokens in, 4 out/)
      await say(at, '/explain And then?', /"messages".*"And then\?"/s)
    })

    test('copies the last code, and says where there is none', async () => {
      const at = await start()
      answering('Text alone.', 'Like so:\n\n```js\nlet x = 1\n```\n')
      await say(at, '/copy', 'there is no answer to copy yet')
      await say(at, 'One', /alone\.\n\n>/)
      await say(at, '/copy code', 'the last answer has no block of code')
      await say(at, 'Two', /let x = 1\s+>/)
      await say(at, '/copy code', '9 characters went to the clipboard')
    })

    test('asks others the last question, and leaves the conversation as it is', async () => {
      const at = await start()
      await say(at, 'Hello', /done\.\n\n>/)
      await say(at, '/compare org/a org/b', /── org\/a\n.*done\.\n── org\/b\n.*done\./s)
      expect(remote.requests.slice(1).map(({ body }) => [body.model, body.messages.length])).toEqual([
        ['org/a', 1],
        ['org/b', 1],
      ])
      await say(at, '/model', 'huggingface/org/model')
    })

    test('Tab completes commands, and files', async () => {
      mkdirSync(join(folder, 'letters'))
      writeFileSync(join(folder, 'letters', 'spring.txt'), 'x')
      const at = await start()
      at.keys('/sys', 'Tab')
      await at.shows('> /system')
      at.keys('C-u')
      at.keys('-l', `/file ${join(folder, 'let')}`)
      at.keys('Tab')
      await at.shows('letters/')
      at.keys('spr', 'Tab')
      await at.shows('spring.txt')
    })

    test('brings back what was typed in an earlier run, unless it is told to keep nothing', async () => {
      const first = await start()
      await say(first, 'Hello', /done\.\n\n>/)
      first.keys('C-d')
      await first.shows('left with 0')
      first.close()
      const second = await start()
      second.keys('Up')
      await second.shows('> Hello')
      second.close()
      folder = mkdtempSync(join(HOME, 'work-'))
      const third = await start({ NATTER_HISTORY: 'off' })
      await say(third, 'Secret', /done\.\n\n>/)
      third.keys('C-d')
      await third.shows('left with 0')
      third.close()
      const fourth = await start()
      fourth.keys('Up')
      await say(fourth, '/resume', 'no conversation is kept yet')
      expect(fourth.text()).not.toContain('Secret')
    })

    test('thinking is one line with how much it is, and whole with /think', async () => {
      const at = await start()
      const thinking = 'Let me see what the best of all answers may be.'
      remote.answer = (_, response) => stream(response, ['Blue.'], { thinking })
      const text = await say(at, 'Which colour?', /Blue\.\n\n>/)
      expect(text).not.toContain(thinking)
      await say(at, '/think', thinking)
    })

    test('Ctrl-O shows what the model thinks while it does, and Tab knows the models of the provider', async () => {
      const at = await start()
      remote.answer = async (_, response) => {
        response.setHeader('content-type', 'text/event-stream')
        const send = (delta: object, finish?: string): boolean =>
          response.write(
            `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
          )
        for (let n = 0; n < 20; n++) {
          send({ reasoning_content: `step${n} ` })
          await sleep(100)
        }
        send({ content: 'Done.' }, 'stop')
        response.end('data: [DONE]\n\n')
      }
      at.keys('-l', 'Think')
      at.keys('Enter')
      expect(await at.shows(/Thinking|thinking|thought/i)).not.toContain('step7')
      at.keys('C-o')
      await at.shows('step7')
      await at.shows(/Done\.\n\n>/)
      remote.answer = (_, response) =>
        json(response, 200, { data: [{ id: 'org/seen' }, { id: 'org/other' }] })
      at.keys('-l', '/model org/se')
      at.keys('Tab')
      await at.shows('/model org/seen')
    })

    test('a chat of a program has it too: its tools ask, and the conversation is the chat’s own', async () => {
      const program = join(folder, 'program.mjs')
      const dist = (path: string): string => JSON.stringify(pathToFileURL(resolve('dist', path)).href)
      writeFileSync(
        program,
        `import { chatOpenAICompatible, t, tool } from ${dist('index.js')}
import { liveConsole } from ${dist('cli/console/index.js')}
const remove = tool({
  name: 'remove', description: 'Removes a file', input: t.object({ path: t.string() }), needsApproval: true,
  run: ({ path }) => 'removed ' + path,
})
const chat = chatOpenAICompatible({ baseUrl: ${JSON.stringify(remote.url)}, model: 'm', apiKey: 'k', tools: [remove] })
await liveConsole(chat)
console.log(chat.turns.length, 'turns')
`,
      )
      screen = new Screen('', { NATTER_DATA: folder }, program)
      const at = screen
      await at.shows(/Ctrl-D leaves\.\n\n>/)
      await say(at, '/tools', 'asks remove: Removes a file')
      await say(at, '/tools remove off', 'off  remove: Removes a file')
      await say(at, '/tools remove on', /on\nasks remove: Removes a file/)
      const calls = (body: object): boolean => JSON.stringify(body).includes('"tool_call_id"')
      remote.answer = ({ body }, response) => {
        if (calls(body)) {
          void stream(response, ['It is gone.'])
          return
        }
        const call = {
          index: 0,
          id: 'c1',
          type: 'function',
          function: { name: 'remove', arguments: '{"path":"a.txt"}' },
        }
        response.setHeader('content-type', 'text/event-stream')
        response.end(
          `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: 'tool_calls' }] })}\n\ndata: [DONE]\n\n`,
        )
      }
      const asked = await say(at, 'Remove a.txt', 'run it? [y]es, [n]o, [a]lways:')
      expect(asked).toMatch(/remove wants to run with\n\{\n\s+"path": "a\.txt"/)
      at.keys('y', 'Enter')
      expect(await at.shows(/It is gone\.\n\n>/)).toContain('removed a.txt')
      await say(at, '/clear', 'forgotten')
      await say(at, 'Remove a.txt', /run it\?.*run it\?/s)
      at.keys('n', 'Enter')
      await at.shows(/refused it.*It is gone\./s)
      await say(at, '/clear', /refused it.*forgotten/s)
      await say(at, 'Remove a.txt', /(?:run it\?.*){3}/s)
      at.keys('a', 'Enter')
      await at.shows(/: a\n.*It is gone\.\n\n>/s)
      await say(at, '/clear', /: a\n.*forgotten/s)
      const unasked = await say(at, 'Remove a.txt', /: a\n.*forgotten.*It is gone\.\n\n>/s)
      expect(unasked.match(/run it\?/g)).toHaveLength(3)
      at.keys('C-d')
      await at.shows('4 turns')
    })
  },
)
