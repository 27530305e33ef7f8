import { describe, expect, test } from 'vitest'
import { templates } from '../../test/chat-templates.ts'
import type { ToolSpec } from '../core/request.ts'
import { toolPrompt } from './template-prompt.ts'
import type { ToolSyntax } from './template-syntax.ts'
import { probeTemplate } from './template.ts'

const WEATHER: ToolSpec = {
  name: 'get_weather',
  description: 'The weather in a city.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const TIME: ToolSpec = {
  name: 'get_time',
  description: 'The time.',
  inputSchema: { type: 'object', properties: {} },
}
const TOKENS = { bosToken: '<s>', eosToken: '</s>' }

async function promptIn(
  template: string,
  tools: readonly ToolSpec[] = [WEATHER],
): Promise<string | undefined> {
  const { toolSyntax } = await probeTemplate(template, TOKENS)
  return toolPrompt(template, tools, { ...TOKENS, syntax: toolSyntax })
}

test("Hermes' own words on the tools are what it adds to the system turn, and nothing else", async () => {
  const prompt = await promptIn(templates.HERMES, [WEATHER, TIME])
  expect(prompt).toBe(`# Tools

You may call functions:
<tools>
{"type": "function", "function": {"name": "get_weather", "description": "The weather in a city.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
{"type": "function", "function": {"name": "get_time", "description": "The time.", "parameters": {"type": "object", "properties": {}}}}
</tools>

Call them within <tool_call></tool_call>:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`)
})

test('so are those of Qwen3-Coder, whose calls are no JSON', async () => {
  const prompt = await promptIn(templates.QWEN_CODER)
  expect(prompt).toMatch(/^You have these functions:\n<tools>\n<function><name>get_weather<\/name>/)
  expect(prompt).toMatch(/<\/function>\n<\/tool_call>$/)
})

describe('there is no prompt', () => {
  const without: readonly (readonly [string, keyof typeof templates])[] = [
    ['where the template knows no tools', 'CHATML'],
    ['where the description stands between special tokens', 'MISTRAL3'],
    ['where it is a turn of its own', 'GRANITE'],
    ['where it stands in two places', 'LLAMA31'],
    ['where a call cannot be written as text', 'GPT_OSS'],
    ['where the template says nothing of the tools', 'DEEPSEEK_R1'],
  ]
  for (const [where, family] of without)
    test(where, async () => {
      expect(await promptIn(templates[family])).toBeUndefined()
    })

  const syntax: ToolSyntax = { open: '<tool_call>', close: '</tool_call>', form: 'json-arguments' }

  test('without tools, or without a way to write a call', async () => {
    expect(await toolPrompt(templates.HERMES, [], { syntax })).toBeUndefined()
    expect(await toolPrompt(templates.HERMES, [WEATHER], { syntax: undefined })).toBeUndefined()
  })

  test('where the words do not show how to call', async () => {
    const template =
      '{% for m in messages %}{{ m.content }}{% endfor %}{% if tools %}Tools: {{ tools | tojson }}{% endif %}'
    expect(await toolPrompt(template, [WEATHER], { syntax })).toBeUndefined()
    expect(await toolPrompt(template, [WEATHER], { syntax: { ...syntax, open: '' } })).toMatch(/^Tools: \[/)
  })

  test('where a tool is left out', async () => {
    const template =
      '{% for m in messages %}{{ m.content }}{% endfor %}{% if tools %}<tool_call>{{ tools[0] | tojson }}{% endif %}'
    expect(await toolPrompt(template, [WEATHER], { syntax })).toMatch(/get_weather/)
    expect(await toolPrompt(template, [WEATHER, TIME], { syntax })).toBeUndefined()
  })

  test('where a description would be read as a special token', async () => {
    const template = templates.HERMES
    const tool = { ...WEATHER, description: 'Ends with <|im_end|>' }
    expect(await toolPrompt(template, [tool], { syntax })).toBeUndefined()
  })
})

test('an insertion is not cut inside a tag that stands on both of its sides', async () => {
  const template =
    '<a>{% if tools %}<tool_call>{{ tools | tojson }}</tool_call>{% endif %}<b>{% for m in messages %}{{ m.content }}{% endfor %}'
  const syntax: ToolSyntax = { open: '<tool_call>', close: '</tool_call>', form: 'json-arguments' }
  expect(await toolPrompt(template, [WEATHER], { syntax })).toMatch(/^<tool_call>\[.*\]<\/tool_call>$/)
})

test('the same question is answered from memory', async () => {
  await promptIn(templates.HERMES)
  const syntax: ToolSyntax = { open: '<tool_call>', close: '</tool_call>', form: 'json-arguments' }
  const began = performance.now()
  for (let i = 0; i < 100; i++) await toolPrompt(templates.HERMES, [{ ...WEATHER }], { ...TOKENS, syntax })
  expect(performance.now() - began).toBeLessThan(50 * 100) // each process would take longer
})
