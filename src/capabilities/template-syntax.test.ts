import { describe, expect, test } from 'vitest'
import { templates } from '../../test/chat-templates.ts'
import type { Delta } from '../core/delta.ts'
import type { ToolSpec } from '../core/request.ts'
import { LeakReader } from '../dialects/leaked-reader.ts'
import { OpenAIChatReader } from '../dialects/openai-chat-reader.ts'
import { type ToolSyntax, syntaxOf } from './template-syntax.ts'
import { probeTemplate } from './template.ts'

const WEATHER: ToolSpec = {
  name: 'get_weather',
  description: 'The weather in a city.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const syntaxIn = async (template: string): Promise<ToolSyntax | undefined> =>
  (await probeTemplate(template, { bosToken: '<s>', eosToken: '</s>' })).toolSyntax

/** A call as a model writes it that was told this syntax. */
function written({ open, close, form, prompt }: ToolSyntax, city: string): string {
  if (form === 'other')
    return (prompt as string)
      .replace('TOOL_NAME', 'get_weather')
      .replace('ARGUMENT_NAME', 'city')
      .replace('VALUE', city)
  const input = form === 'json-arguments' ? { arguments: { city } } : { parameters: { city } }
  return open + JSON.stringify({ name: 'get_weather', ...input }) + close
}

/** What is read of an answer that a server takes for text. */
function read(answer: string): readonly Delta[] {
  const out: Delta[] = []
  const reader = new LeakReader(new OpenAIChatReader(), [WEATHER])
  for (const content of answer) {
    const chunk = { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] }
    reader.read(JSON.stringify(chunk), out)
  }
  reader.end(out)
  return out
}

const FOUND: readonly (readonly [keyof typeof templates, Pick<ToolSyntax, 'open' | 'form'>, string?])[] = [
  ['HERMES', { open: '<tool_call>\n', form: 'json-arguments' }, '\n</tool_call>'],
  ['QWEN3', { open: '<tool_call>\n', form: 'json-arguments' }, '\n</tool_call>'],
  ['LLAMA31', { open: '', form: 'json-parameters' }, ''],
  ['MISTRAL3', { open: '[TOOL_CALLS] [', form: 'json-arguments' }, ']'],
  ['GRANITE', { open: '<|tool_call|>[', form: 'json-arguments' }, ']'],
  ['QWEN_CODER', { open: '<tool_call>\n<function=', form: 'other' }],
  [
    'DEEPSEEK_R1',
    { open: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>', form: 'other' },
  ],
]

describe('the syntax of a call is found, and a call written in it is read back', () => {
  for (const [family, expected, close] of FOUND)
    test(family, async () => {
      const syntax = (await syntaxIn(templates[family])) as ToolSyntax
      expect(syntax).toMatchObject(expected)
      if (close !== undefined) expect(syntax.close).toBe(close)
      for (const city of ['Riga', 'Aix "en" Provence'])
        expect(read(written(syntax, syntax.form === 'other' ? 'Riga' : city))).toEqual([
          {
            type: 'tool-call',
            index: 0,
            name: 'get_weather',
            arguments: JSON.stringify({ city: syntax.form === 'other' ? 'Riga' : city }),
          },
        ])
    })
})

describe('no syntax is offered that could not be read back', () => {
  for (const family of ['GEMMA2', 'GEMMA3', 'MISTRAL1', 'PHI3', 'CHATML', 'VISION'] as const)
    test(`${family} writes no calls`, async () => {
      expect(await syntaxIn(templates[family])).toBeUndefined()
    })

  test('GPT_OSS addresses a call in the header of the turn', async () => {
    expect(await syntaxIn(templates.GPT_OSS)).toBeUndefined()
  })

  test('a call in words nobody knows', () => {
    const called = 'User: qxuserqx\nModel: I run qx_tool with qx_key = qxvalueqx.\n'
    const answered = 'User: qxuserqx\nModel: qxanswerqx\n'
    expect(syntaxOf({ opened: 'User: qxuserqx\nModel: ', answered, called })).toBeUndefined()
  })

  test('a call with words around it that would stay in the answer', () => {
    const call = '{"name": "qx_tool", "arguments": {"qx_key": "qxvalueqx"}}'
    const text = (around: string): string => `A: ${around}<tool_call>${call}</tool_call>`
    expect(syntaxOf({ opened: 'A: ', answered: undefined, called: text('') })).toBeDefined()
    expect(syntaxOf({ opened: 'A: ', answered: undefined, called: text('I call: ') })).toBeUndefined()
  })
})

describe('what a server writes around turns is no part of a call', () => {
  const call = '{"name": "qx_tool", "arguments": {"qx_key": "qxvalueqx"}}'
  const bare = { open: '', close: '', form: 'json-arguments' }

  test('the end of the turn that other answers have, too', () => {
    const answered = 'A: qxanswerqx<end>\n'
    expect(syntaxOf({ opened: 'A: ', answered, called: `A: ${call}<end>\n` })).toEqual(bare)
  })

  test('an end of its own, as Llama has for calls', () => {
    const answered = 'A: qxanswerqx<|eot_id|>'
    expect(syntaxOf({ opened: 'A: ', answered, called: `A: ${call}<|eom_id|>` })).toEqual(bare)
  })

  test('thoughts that none had', () => {
    const called = `A: <think>\n\n</think>\n\n${call}<|im_end|>\n`
    expect(syntaxOf({ opened: 'A: ', answered: undefined, called })).toEqual(bare)
  })
})
