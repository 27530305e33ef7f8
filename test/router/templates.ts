import type { Lack } from './behaviour.ts'

const ORDER = `{%- if (message.role == 'user') != (loop.index0 % 2 == 0) -%}{{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') -}}{%- endif -%}`
const TOOLS = `{%- if tools -%}{{- '<|tools|>' + (tools | tojson) + '<|end|>\\n' -}}{{- 'To call a tool, answer with <tool_call>{"name": <name>, "arguments": <args-json-object>}</tool_call>\\n' -}}{%- endif -%}`
const REFUSE = `{%- if message.role == 'system' -%}{{- raise_exception('System role not supported') -}}{%- endif -%}`
const SAY = `{{- '<|' + message.role + '|>' + (message.content or '') -}}`
const CALLS = `{%- for call in message.tool_calls or [] -%}{{- '<tool_call>' + (call.function | tojson) + '</tool_call>' -}}{%- endfor -%}`

/** A chat template of a model that lacks these things. */
export function templateFor(lacks: readonly Lack[]): string {
  const hasTools = !lacks.includes('tools')
  const speakers = [
    ...(lacks.includes('system-silently') ? [] : ['system']),
    'user',
    'assistant',
    ...(hasTools ? ['tool'] : []),
  ]
  return [
    hasTools ? TOOLS : '',
    '{%- for message in messages -%}',
    lacks.includes('system') ? REFUSE : '',
    lacks.includes('any-order') ? ORDER : '',
    `{%- if message.role in ${JSON.stringify(speakers).replaceAll('"', "'")} -%}`,
    SAY,
    hasTools ? CALLS : '',
    `{{- '<|end|>\\n' -}}`,
    '{%- endif -%}',
    '{%- endfor -%}',
    `{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}`,
  ].join('')
}
