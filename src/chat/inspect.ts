import type { Content } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'
import { type Usage, addUsage } from '../core/usage.ts'

/** A content in words, for echo and for `util.inspect`. */
export function describe(content: Content): string {
  switch (content.type) {
    case 'text':
      return content.text
    case 'thinking':
      return `<thinking>\n${content.text}\n</thinking>`
    case 'media':
      return content.url
        ? `[${content.kind}: ${content.url}]`
        : `[${content.kind}: ${content.name ?? content.mimeType}]`
    case 'tool-call':
      return `[tool call ${content.id}: ${content.name}(${content.input ? JSON.stringify(content.input) : content.raw})]`
    case 'tool-result':
      return `[tool ${content.isError ? 'error' : 'result'} ${content.id}: ${content.content}]`
    case 'json':
      return `[data: ${JSON.stringify(content.value)}]`
    case 'server-tool':
      return `[${content.name}${content.input === undefined ? '' : `: ${typeof content.input === 'string' ? content.input : JSON.stringify(content.input)}`}]`
    case 'citation':
      return `[source: ${content.title ? `${content.title}, ` : ''}${content.url}]`
  }
}

/** What a chat shows of itself: who, how much, and every turn. */
export interface Portrait {
  readonly provider: string
  readonly model: string
  readonly systemPrompt: string | undefined
  readonly turns: readonly Turn[]
}

/** A chat in words, as `util.inspect` and the Node REPL print it. */
export function portray({ provider, model, systemPrompt, turns }: Portrait): string {
  const usage = addUsage(turns.map((turn) => (turn.role === 'assistant' ? turn.usage : undefined)))
  const costs = turns.flatMap((turn) =>
    turn.role === 'assistant' && turn.cost !== undefined ? [turn.cost] : [],
  )
  const cost = costs.length > 0 ? ` cost=$${costs.reduce((a, b) => a + b, 0).toFixed(4)}` : ''
  const lines = [`<Chat ${provider}/${model || '?'} turns=${turns.length}${counts(usage)}${cost}>`]
  if (systemPrompt) lines.push(rule('system'), systemPrompt)
  for (const turn of turns) {
    lines.push(rule(turn.role === 'user' ? 'user' : `assistant${note(turn)}`))
    for (const content of turn.contents) lines.push(describe(content))
    if (turn.role === 'assistant' && turn.refusal) lines.push(`[refusal: ${turn.refusal}]`)
  }
  return lines.join('\n')
}

const counts = ({ input, output, cachedInput }: Usage): string =>
  (input === undefined ? '' : ` input=${input}${cachedInput ? ` (${cachedInput} cached)` : ''}`) +
  (output === undefined ? '' : ` output=${output}`)

function note(turn: Turn & { role: 'assistant' }): string {
  const words = [
    turn.finish === 'stop' ? '' : turn.finish,
    counts(turn.usage ?? {}).trim(),
    turn.servedBy ? `by ${turn.servedBy}` : '',
    turn.cost === undefined ? '' : `$${turn.cost.toFixed(4)}`,
  ].filter(Boolean)
  return words.length > 0 ? ` [${words.join(', ')}]` : ''
}

const rule = (title: string): string => `── ${title} ${'─'.repeat(Math.max(3, 60 - title.length))}`
