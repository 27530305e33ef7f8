import { type Refusal, openai } from './refusals.ts'
import { type Body, type Message, isJson } from './wire.ts'

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool']

/** What every backend refuses, in OpenAI's words: so a client's own mistakes show. */
export function malformed(body: Body): Refusal | undefined {
  const { messages, tools, tool_choice: choice } = body
  if (!Array.isArray(messages) || messages.length === 0)
    return openai(400, "Invalid 'messages': expected an array with at least one message.", {
      param: 'messages',
    })
  const wrong = messages.map((message, i) => wrongWith(message, i, messages)).find((complaint) => complaint)
  if (wrong) return openai(400, wrong, { param: 'messages' })
  if (
    tools !== undefined &&
    (!Array.isArray(tools) || !tools.every((tool) => isJson(tool) && isJson(tool.function)))
  )
    return openai(400, "Invalid type for 'tools': expected an array of objects.", { param: 'tools' })
  if (isJson(choice) && tools === undefined)
    return openai(400, "'tool_choice' is only allowed when 'tools' are specified.", { param: 'tool_choice' })
  if (body.stream_options !== undefined && body.stream !== true)
    return openai(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    })
  return undefined
}

function wrongWith(message: unknown, i: number, all: readonly Message[]): string | undefined {
  if (!isJson(message) || !ROLES.includes(String(message.role)))
    return `Invalid value for 'messages[${i}].role'.`
  const { role, content, tool_calls: calls, tool_call_id: id } = message as unknown as Message
  if (role === 'assistant') {
    if (content == null && calls === undefined)
      return `Invalid value for 'messages[${i}].content': expected a string, got null.`
    const open = (calls ?? []).filter((call) => !answered(call.id, all.slice(i + 1)))
    return open.length > 0
      ? `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.map((call) => call.id).join(', ')}`
      : undefined
  }
  if (role === 'tool') {
    const isAsked = all.slice(0, i).some((before) => before.tool_calls?.some((call) => call.id === id))
    return isAsked
      ? undefined
      : "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
  }
  return typeof content === 'string' || Array.isArray(content)
    ? undefined
    : `Invalid type for 'messages[${i}].content': expected a string or an array of objects.`
}

/** Whether the messages right after a call answer it. */
function answered(id: string, after: readonly Message[]): boolean {
  const end = after.findIndex(({ role }) => role !== 'tool')
  return after.slice(0, end < 0 ? after.length : end).some((message) => message.tool_call_id === id)
}
