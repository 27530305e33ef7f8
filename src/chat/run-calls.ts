import type { ToolCall, ToolResult } from '../core/content.ts'
import { ChatError } from '../core/errors.ts'
import { type Tool, ToolRejection } from '../core/tool.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { abortable } from '../lib/abortable.ts'
import { Channel } from '../lib/channel.ts'
import type { ChatEvent } from './events.ts'
import { failed, stopped } from '../core/failed-call.ts'
import { callsOf } from './history.ts'
import type { RoundsOptions } from './rounds.ts'
import { runTool } from './run-tool.ts'
import type { Session } from './session.ts'
import type { Toolbox } from './toolbox.ts'

/** The error for a model that never comes to an end with its calls. */
export const tooMany = ({ model, toolbox, line }: Session): ChatError =>
  new ChatError(
    `${model} still called tools after ${toolbox.settings.maxRounds} rounds of them. Raise maxToolRounds, or ask for less at once.`,
    { code: 'tool-rounds', provider: line.provider.name },
  )

/** Runs the calls of a turn; when that is stopped, what is known of each joins the history before the error goes on. */
export async function* runCalls(
  session: Session,
  turn: AssistantTurn,
  { signal, leash }: RoundsOptions,
): AsyncGenerator<readonly ChatEvent[], readonly ToolResult[], undefined> {
  const calls = callsOf(turn)
  const budget = await session.budget
  budget?.addToolCalls(calls.length)
  const results: (ToolResult | undefined)[] = calls.map(() => undefined)
  const controller = new AbortController()
  const stop = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted || leash?.isPulled) stop()
  if (leash) leash.pull = stop
  let isDone = false
  try {
    yield* runAll(session.toolbox, calls, results, controller.signal)
    isDone = !controller.signal.aborted
    if (!isDone)
      throw new ChatError('The chat was aborted by the caller while its tools ran.', {
        code: 'aborted',
        cause: signal?.reason,
      })
    return results as readonly ToolResult[]
  } finally {
    signal?.removeEventListener('abort', stop)
    budget?.pause()
    if (!isDone) {
      controller.abort(new Error('the chat was stopped'))
      const known = calls.map((call, at) => results[at] ?? stopped(call))
      session.turns = [...session.turns, { role: 'user', contents: known }]
    }
  }
}

/**
 * Runs the calls of one answer and reports what happens. `results` is filled in the order of the calls; when the chat is stopped,
 * what was not done by then is answered as such.
 */
export async function* runAll(
  toolbox: Toolbox,
  calls: readonly ToolCall[],
  results: (ToolResult | undefined)[],
  signal: AbortSignal,
): AsyncGenerator<readonly ChatEvent[], void, undefined> {
  const channel = new Channel<ChatEvent>()
  const one = async (call: ToolCall, at: number): Promise<void> => {
    if (signal.aborted) return
    // A signal of its own: Node warns of a leak where more than ten listen to one.
    const own = AbortSignal.any([signal])
    try {
      const result = await runOne(toolbox, call, own, (value) =>
        channel.push({ type: 'tool-progress', call, value }),
      )
      results[at] = result
      if (own.aborted) return
      for (const listen of toolbox.onResult) await abortable(listen(result, call), own)
      channel.push({ type: 'tool-result', call, result })
    } catch (error) {
      if (!own.aborted) throw error
    }
  }
  const all =
    toolbox.settings.mode === 'concurrent'
      ? Promise.all(calls.map(one))
      : calls.reduce((before, call, at) => before.then(() => one(call, at)), Promise.resolve())
  let failure: unknown
  const done = all.then(
    () => channel.close(),
    (error: unknown) => {
      failure = { error }
      channel.close()
    },
  )
  yield* channel.batches()
  await done
  if (failure) throw (failure as { error: unknown }).error
}

async function runOne(
  toolbox: Toolbox,
  call: ToolCall,
  signal: AbortSignal,
  progress: (value: unknown) => void,
): Promise<ToolResult> {
  try {
    for (const listen of toolbox.onRequest) await abortable(listen(call), signal)
  } catch (error) {
    if (error instanceof Error && error.name === 'ToolRejection')
      return failed(call, `The call was refused: ${error.message}`)
    throw error
  }
  const timeout = toolbox.tools.get(call.name)?.timeout ?? toolbox.settings.timeout
  return runTool(call, toolbox.tools, {
    signal,
    timeout,
    progress,
    permit: (tool, input) => abortable(permit(toolbox, call, tool, input), signal),
  })
}

async function permit({ settings }: Toolbox, call: ToolCall, tool: Tool, input: unknown): Promise<void> {
  const { needsApproval } = tool
  const isNeeded =
    typeof needsApproval === 'function'
      ? await (needsApproval as (input: unknown) => unknown)(input)
      : needsApproval
  if (!isNeeded) return
  const { approve } = settings
  if (!approve) throw new ToolRejection('it needs approval, and nobody is there to give it')
  const verdict = await approve(call, tool)
  if (verdict !== true)
    throw new ToolRejection((typeof verdict === 'string' && verdict) || 'the user did not approve it')
}
