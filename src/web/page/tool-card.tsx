import type { JSX } from 'preact'
import type { ToolCall, ToolResult } from '../../core/content.ts'
import { Icon } from './icons.tsx'
import type { LiveRun } from './live-run.ts'
import { MediaView } from './media-view.tsx'
import { decide } from './session.ts'

/** More of a result is not shown at once. */
const MOST = 20_000

interface ToolCardProps {
  readonly call: ToolCall
  readonly result: ToolResult | undefined
  /** The answer under way that the call is part of. */
  readonly run: LiveRun | undefined
}

/** A call of a tool: what it is asked, what it gave, and the word of the person where it waits for that. */
export function ToolCard({ call, result, run }: ToolCardProps): JSX.Element {
  // Calls of the same id are told apart by what is added to it.
  const approval = run && [...run.approvals.value].find((id) => id.replace(/\++$/, '') === call.id)
  const settled = result ?? run?.results.value.get(call.id)
  const progress = run?.progress.value.get(call.id)
  const status = statusOf(settled, approval !== undefined, run !== undefined)
  return (
    <details class={`tool ${status.kind}`} open={approval !== undefined}>
      <summary>
        <Icon name="tool" />
        <span class="tool-name">{call.name}</span>
        <span class="tool-brief">{briefOf(call)}</span>
        <span class="tool-status">{status.text}</span>
      </summary>
      <div class="tool-body">
        <h4>Input</h4>
        <Code
          text={call.input === undefined ? (call.raw ?? '') : JSON.stringify(call.input, null, 2)}
          label="Input"
        />
        {progress !== undefined && !settled && (
          <>
            <h4>So far</h4>
            <Code text={textOf(progress)} label="So far" />
          </>
        )}
        {settled && (
          <>
            <h4>{settled.isError ? 'Error' : 'Result'}</h4>
            <Code text={settled.content} label="Result" />
            {settled.media?.map((media, index) => (
              <MediaView media={media} key={index} />
            ))}
          </>
        )}
      </div>
      {run && approval !== undefined && (
        <div class="tool-decision">
          <p>
            May <strong>{call.name}</strong> run?
          </p>
          <button type="button" class="button" onClick={() => void decide(run, approval, false)}>
            Deny
          </button>
          <button type="button" class="button primary" onClick={() => void decide(run, approval, true)}>
            Approve
          </button>
        </div>
      )}
    </details>
  )
}

function statusOf(
  result: ToolResult | undefined,
  isWaiting: boolean,
  isLive: boolean,
): { kind: string; text: string } {
  if (result?.isError) return { kind: 'failed', text: 'Failed' }
  if (result) return { kind: 'done', text: 'Done' }
  if (isWaiting) return { kind: 'waiting', text: 'Waits for you' }
  return isLive ? { kind: 'running', text: 'Running' } : { kind: 'idle', text: 'Not run' }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2)

const briefOf = ({ input, raw }: ToolCall): string =>
  input === undefined
    ? (raw ?? '')
    : Object.values(input)
        .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
        .join(', ')
        .slice(0, 120)

const Code = ({ text, label }: { readonly text: string; readonly label: string }): JSX.Element => (
  <pre class="tool-text" tabIndex={0} role="group" aria-label={label}>
    {text.length > MOST ? `${text.slice(0, MOST)}\n\u2026 ${text.length - MOST} more characters` : text}
  </pre>
)
