// Chat templates in the manner of well-known families, written for these tests: what each takes, refuses and drops is theirs.

const ALTERNATE = `{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}`

/** Qwen 2.5 and Hermes: a system turn that always is there, with the tools in it. */
const HERMES = `{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}{{- messages[0]['content'] }}{%- else %}{{- 'You are a model.' }}{%- endif %}
    {{- "\\n\\n# Tools\\n\\nYou may call functions:\\n<tools>" }}
    {%- for tool in tools %}{{- "\\n" }}{{- tool | tojson }}{%- endfor %}
    {{- "\\n</tools>\\n\\nCall them within <tool_call></tool_call>:\\n<tool_call>\\n{\\"name\\": <function-name>, \\"arguments\\": <args-json-object>}\\n</tool_call><|im_end|>\\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}{{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}{%- endif %}
{%- endif %}
{%- for m in messages %}
    {%- if m.role == 'user' or (m.role == 'system' and not loop.first) or (m.role == 'assistant' and not m.tool_calls) %}
        {{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}
    {%- elif m.role == 'assistant' %}
        {{- '<|im_start|>' + m.role }}{%- if m.content %}{{- '\\n' + m.content }}{%- endif %}
        {%- for call in m.tool_calls %}
            {%- set call = call.function %}
            {{- '\\n<tool_call>\\n{"name": "' }}{{- call.name }}{{- '", "arguments": ' }}{{- call.arguments | tojson }}{{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif m.role == 'tool' %}
        {{- '<|im_start|>user\\n<tool_response>\\n' + m.content + '\\n</tool_response><|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`

/** Qwen 3: the same, with a place for thoughts. */
const QWEN3 = HERMES.replace(
  `{{- '<|im_start|>' + m.role }}{%- if m.content %}`,
  `{{- '<|im_start|>' + m.role + '\\n<think>\\n' + (m.reasoning_content or '') + '\\n</think>\\n' }}{%- if m.content %}`,
)

/** Qwen3-Coder: calls in tags, no JSON. */
const QWEN_CODER = `{%- macro shown(tools) %}{% for t in tools %}<function><name>{{ t.function.name }}</name><description>{{ t.function.description }}</description></function>
{% endfor %}{%- endmacro %}
{%- set first = messages[0] if messages[0].role == 'system' else none %}
{%- if first or tools %}{{- '<|im_start|>system\\n' }}{{- first.content if first else 'You help.' }}{%- if tools %}{{- '\\n\\nYou have these functions:\\n<tools>\\n' + shown(tools) + '</tools>\\nCall one so:\\n<tool_call>\\n<function=name>\\n<parameter=one>\\nvalue\\n</parameter>\\n</function>\\n</tool_call>' }}{%- endif %}{{- '<|im_end|>\\n' }}{%- endif %}
{%- for m in messages %}
  {%- if m.role == 'assistant' and m.tool_calls is defined %}
    {{- '<|im_start|>assistant' + ('\\n' + m.content if m.content else '') }}
    {%- for c in m.tool_calls %}{{- '\\n<tool_call>\\n<function=' + c.function.name + '>\\n' }}{%- for k, v in c.function.arguments | items %}{{- '<parameter=' + k + '>\\n' + v + '\\n</parameter>\\n' }}{%- endfor %}{{- '</function>\\n</tool_call>' }}{%- endfor %}
    {{- '<|im_end|>\\n' }}
  {%- elif m.role == 'tool' %}{{- '<|im_start|>user\\n<tool_response>\\n' + m.content + '\\n</tool_response><|im_end|>\\n' }}
  {%- elif m.role != 'system' %}{{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`

/** Llama 3.1 and 3.3: a date, tools in the first user turn, calls as bare JSON, one at a time. */
const LLAMA31 = `{{- bos_token }}
{%- if not tools_in_user_message is defined %}{%- set tools_in_user_message = true %}{%- endif %}
{%- if not date_string is defined %}{%- set date_string = '26 Jul 2024' %}{%- endif %}
{%- if messages[0]['role'] == 'system' %}{%- set system_message = messages[0]['content'] | trim %}{%- set messages = messages[1:] %}{%- else %}{%- set system_message = '' %}{%- endif %}
{{- '<|start_header_id|>system<|end_header_id|>\\n\\n' }}
{%- if tools is not none %}{{- 'Environment: ipython\\n' }}{%- endif %}
{{- 'Today Date: ' + date_string + '\\n\\n' }}{{- system_message }}{{- '<|eot_id|>' }}
{%- if tools_in_user_message and tools is not none %}
    {%- set first = messages[0]['content'] | trim %}{%- set messages = messages[1:] %}
    {{- '<|start_header_id|>user<|end_header_id|>\\n\\nFunctions, to be called as {"name": name, "parameters": {...}}:\\n\\n' }}
    {%- for t in tools %}{{- t | tojson(indent=4) }}{{- '\\n\\n' }}{%- endfor %}{{- first + '<|eot_id|>' }}
{%- endif %}
{%- for m in messages %}
    {%- if not (m.role == 'ipython' or m.role == 'tool' or 'tool_calls' in m) %}{{- '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + m.content | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in m %}
        {%- if not m.tool_calls | length == 1 %}{{- raise_exception('This model only supports single tool-calls at once!') }}{%- endif %}
        {%- set call = m.tool_calls[0].function %}
        {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{{- '{"name": "' + call.name + '", ' }}{{- '"parameters": ' }}{{- call.arguments | tojson }}{{- '}' }}
        {{- '<|eom_id|>' if builtin_tools is defined else '<|eot_id|>' }}
    {%- else %}{{- '<|start_header_id|>ipython<|end_header_id|>\\n\\n' }}{{- m.content | tojson if m.content is mapping else m.content }}{{- '<|eot_id|>' }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}`

/** Gemma 2: no system role, strict turns, no tools. */
const GEMMA2 = `{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}${ALTERNATE}{% set role = 'model' if m.role == 'assistant' else m.role %}{{ '<start_of_turn>' + role + '\\n' + m.content | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}`

/** Gemma 3: folds the system prompt itself, takes strings and parts. */
const GEMMA3 = `{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}
  {%- set prefix = (messages[0]['content'] if messages[0]['content'] is string else messages[0]['content'][0]['text']) + '\\n\\n' -%}{%- set rest = messages[1:] -%}
{%- else -%}{%- set prefix = '' -%}{%- set rest = messages -%}{%- endif -%}
{%- for m in rest -%}${ALTERNATE}
  {{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + (prefix if loop.first else '') }}
  {%- if m['content'] is string -%}{{ m['content'] | trim }}
  {%- elif m['content'] is iterable -%}{%- for p in m['content'] -%}{%- if p['type'] == 'image' -%}{{ '<start_of_image>' }}{%- elif p['type'] == 'text' -%}{{ p['text'] | trim }}{%- endif -%}{%- endfor -%}
  {%- else -%}{{ raise_exception('Invalid content type') }}{%- endif -%}{{ '<end_of_turn>\\n' }}
{%- endfor -%}{%- if add_generation_prompt -%}{{ '<start_of_turn>model\\n' }}{%- endif -%}`

/** Mistral 7B v0.1 and Mixtral: strict turns, so that a system role is an error. */
const MISTRAL1 = `{{ bos_token }}{% for m in messages %}${ALTERNATE}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}{% elif m.role == 'assistant' %}{{ m.content + eos_token }}{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}`

/** Mistral 7B v0.3: a system prompt is taken out and, where the last turn is not the user's second, never put in again. */
const MISTRAL3 = `{%- if messages[0]["role"] == "system" %}{%- set system_message = messages[0]["content"] %}{%- set loop_messages = messages[1:] %}{%- else %}{%- set loop_messages = messages %}{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace(index=0) %}
{%- for m in loop_messages %}{%- if m.role == 'user' or (m.role == 'assistant' and m.tool_calls is not defined) %}{%- if (m.role == 'user') != (ns.index % 2 == 0) %}{{- raise_exception('After the optional system message, conversation roles must alternate') }}{%- endif %}{%- set ns.index = ns.index + 1 %}{%- endif %}{%- endfor %}
{{- bos_token }}
{%- for m in loop_messages %}
    {%- if m.role == 'user' %}
        {%- if tools is not none and m == user_messages[-1] %}{{- '[AVAILABLE_TOOLS] [' }}{%- for t in tools %}{{- t | tojson }}{%- if not loop.last %}{{- ', ' }}{%- endif %}{%- endfor %}{{- '][/AVAILABLE_TOOLS]' }}{%- endif %}
        {{- '[INST] ' + m.content + '[/INST]' }}
    {%- elif m.tool_calls is defined and m.tool_calls is not none %}
        {{- '[TOOL_CALLS] [' }}{%- for c in m.tool_calls %}{%- set out = c.function | tojson %}{{- out[:-1] }}{%- if c.id is not defined or c.id | length != 9 %}{{- raise_exception('Tool call IDs should be alphanumeric strings with length 9!') }}{%- endif %}{{- ', "id": "' + c.id + '"}' }}{%- if not loop.last %}{{- ', ' }}{%- else %}{{- ']' + eos_token }}{%- endif %}{%- endfor %}
    {%- elif m.role == 'assistant' %}{{- ' ' + m.content | trim + eos_token }}
    {%- elif m.role == 'tool' %}{{- '[TOOL_RESULTS] {"content": ' + m.content | string + ', "call_id": "' + m.tool_call_id + '"}[/TOOL_RESULTS]' }}
    {%- else %}{{- raise_exception('Only user and assistant roles are supported, with the exception of an initial optional system message!') }}{%- endif %}
{%- endfor %}`

/** Phi 3: roles in angle brackets, the system prompt is taken. */
const PHI3 = `{% for m in messages %}{% if m['role'] == 'system' and m['content'] %}{{ '<|system|>\\n' + m['content'] + '<|end|>\\n' }}{% elif m['role'] == 'user' %}{{ '<|user|>\\n' + m['content'] + '<|end|>\\n' }}{% elif m['role'] == 'assistant' %}{{ '<|assistant|>\\n' + m['content'] + '<|end|>\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}`

/** ChatML: any role, nothing refused. */
const CHATML = `{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`

/** DeepSeek R1: calls in marks of its own, only where the content is null; no word of the tools. */
const DEEPSEEK_R1 = `{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(system='', is_tool=false) %}{%- for m in messages %}{%- if m['role'] == 'system' %}{% set ns.system = m['content'] %}{%- endif %}{%- endfor %}{{ bos_token }}{{ ns.system }}{%- for m in messages %}{%- if m['role'] == 'user' %}{%- set ns.is_tool = false -%}{{ '<｜User｜>' + m['content'] }}{%- endif %}{%- if m['role'] == 'assistant' and m['content'] is none %}{%- for c in m['tool_calls'] %}{{ '<｜Assistant｜><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>' + c['type'] + '<｜tool▁sep｜>' + c['function']['name'] + '\\n' + '\`\`\`json' + '\\n' + c['function']['arguments'] + '\\n' + '\`\`\`' + '<｜tool▁call▁end｜>' }}{{ '<｜tool▁calls▁end｜><｜end▁of▁sentence｜>' }}{%- endfor %}{%- endif %}{%- if m['role'] == 'assistant' and m['content'] is not none %}{% set content = m['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{ '<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>' }}{%- endif %}{%- if m['role'] == 'tool' %}{{ '<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>' + m['content'] + '<｜tool▁output▁end｜><｜tool▁outputs▁end｜>' }}{%- endif %}{%- endfor -%}{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\\n' }}{% endif %}`

/** GPT-OSS: channels; a call is addressed in the header of the turn, which nobody can write into text. */
const GPT_OSS = `{{- '<|start|>system<|message|>Current date: ' + strftime_now('%Y-%m-%d') + '\\nReasoning: ' + (reasoning_effort or 'medium') + '<|end|>' }}
{%- if messages[0].role == 'system' or messages[0].role == 'developer' %}{%- set told = messages[0].content %}{%- set rest = messages[1:] %}{%- else %}{%- set told = '' %}{%- set rest = messages %}{%- endif %}
{%- if told or tools %}{{- '<|start|>developer<|message|>' }}{%- if told %}{{- '# Instructions\\n\\n' + told + '\\n\\n' }}{%- endif %}{%- if tools %}{{- '# Tools\\n\\nnamespace functions {\\n' }}{%- for t in tools %}{{- '// ' + t.function.description + '\\ntype ' + t.function.name + ' = (_: any) => any;\\n' }}{%- endfor %}{{- '}' }}{%- endif %}{{- '<|end|>' }}{%- endif %}
{%- set last = namespace(name='') %}
{%- for m in rest %}
    {%- if m.role == 'assistant' and m.tool_calls %}{%- set call = m.tool_calls[0].function %}{%- set last.name = call.name %}{{- '<|start|>assistant to=functions.' + call.name + '<|channel|>commentary json<|message|>' }}{{- call.arguments | tojson }}{{- '<|call|>' }}
    {%- elif m.role == 'assistant' %}{{- '<|start|>assistant<|channel|>final<|message|>' + m.content + '<|end|>' }}
    {%- elif m.role == 'tool' %}{{- '<|start|>functions.' + last.name + ' to=assistant<|channel|>commentary<|message|>' }}{{- m.content | tojson }}{{- '<|end|>' }}
    {%- elif m.role == 'user' %}{{- '<|start|>user<|message|>' + m.content + '<|end|>' }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start|>assistant' }}{%- endif %}`

/** Idefics, LLaVA and their like: content must be typed. */
const VISION = `{% for m in messages %}{{ m.role | capitalize }}{% if m.content[0]['type'] == 'image' %}{{ ':' }}{% else %}{{ ': ' }}{% endif %}{% for line in m.content %}{% if line['type'] == 'text' %}{{ line['text'] }}{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>
{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}`

/** Granite and Phi 4: an array of calls behind a mark. */
const GRANITE = `{%- for m in messages %}{%- if m.role == 'assistant' and m.tool_calls %}{{- '<|start_of_role|>assistant<|end_of_role|><|tool_call|>[' }}{%- for c in m.tool_calls %}{{- {'name': c.function.name, 'arguments': c.function.arguments} | tojson }}{%- if not loop.last %}{{- ', ' }}{%- endif %}{%- endfor %}{{- ']<|end_of_text|>\\n' }}{%- else %}{{- '<|start_of_role|>' + m.role + '<|end_of_role|>' + m.content + '<|end_of_text|>\\n' }}{%- endif %}{%- if loop.first and tools %}{{- '<|start_of_role|>tools<|end_of_role|>' + tools | tojson + '<|end_of_text|>\\n' }}{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<|start_of_role|>assistant<|end_of_role|>' }}{%- endif %}`

/** All of them, by name. */
export const templates = {
  HERMES,
  QWEN3,
  QWEN_CODER,
  LLAMA31,
  GEMMA2,
  GEMMA3,
  MISTRAL1,
  MISTRAL3,
  PHI3,
  CHATML,
  DEEPSEEK_R1,
  GPT_OSS,
  VISION,
  GRANITE,
}
