import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Adjustment, AssistantTurn } from '../../core/turn.ts'
import { copy } from './clipboard.ts'
import { type Exchange, type Round, totalsOf } from './conversation.ts'
import { count, dollars, duration } from './figures.ts'
import { Icon, IconButton } from './icons.tsx'
import type { LiveRun } from './live-run.ts'
import { PartsView, partsOf } from './parts-view.tsx'
import { live, retry } from './session.ts'
import { Versions } from './versions.tsx'

interface AnswerProps {
  readonly exchange: Exchange
  /** The answer under way, where it is this one. */
  readonly run: LiveRun | undefined
}

/** What came of a question: all rounds with their tools as one answer, and what is known of it. */
export function AnswerView({ exchange, run }: AnswerProps): JSX.Element | null {
  const { rounds } = exchange
  const parts = run?.parts.value ?? []
  if (rounds.length === 0 && !run) return null
  return (
    <section class="answer" aria-label="Answer" aria-busy={run !== undefined}>
      {rounds.map(({ node, results }, index) => (
        <PartsView
          parts={partsOf(node.turn.contents)}
          results={results}
          run={index === rounds.length - 1 ? run : undefined}
          key={index}
        />
      ))}
      {run && <PartsView parts={parts} results={NONE} run={run} key={rounds.length} />}
      {run && parts.length === 0 && run.approvals.value.size === 0 && <Waiting since={run.started} />}
      {run && <Adjustments adjustments={run.adjustments.value} />}
      {!run && <Foot exchange={exchange} />}
    </section>
  )
}

const NONE: Round['results'] = new Map()

/** Says that something is on its way, and after a while for how long. */
function Waiting({ since }: { readonly since: number }): JSX.Element {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - since) / 1000)), 1000)
    return () => clearInterval(timer)
  }, [since])
  return (
    <p class="pending">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span>
        {seconds >= 4 ? (
          `Waiting for the model, ${seconds} s`
        ) : (
          <span class="off-screen">Waiting for the model</span>
        )}
      </span>
    </p>
  )
}

const FINISHES: Readonly<Record<string, string>> = {
  length: 'The answer reached its longest length. Ask to go on, or allow more tokens in the settings.',
  'context-window':
    'The conversation no longer fits into the model. Begin a new one, or choose a model with a longer context.',
  'content-filter': 'The provider held back the rest of the answer.',
  aborted: 'Stopped.',
  error: 'The answer broke off. What had come is kept.',
}

function Foot({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const { rounds, question, answerPlace } = exchange
  const [isCopied, setCopied] = useState(false)
  const last = rounds.at(-1)?.node.turn
  const first = rounds[0]?.node
  const text = rounds.flatMap(({ node }) =>
    node.turn.contents.flatMap((content) => (content.type === 'text' ? content.text : [])),
  )
  const note = last && FINISHES[last.finish]
  const copyAnswer = async (): Promise<void> => {
    if (!(await copy(text.join('\n\n')))) return
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <>
      {last?.refusal && <p class="note">{last.refusal}</p>}
      {note && <p class="note">{note}</p>}
      <Adjustments adjustments={rounds.flatMap(({ node }) => node.turn.adjustments ?? [])} />
      <div class="foot">
        <div class="actions">
          {first && <Versions node={first} place={answerPlace} />}
          <IconButton
            icon={isCopied ? 'check' : 'copy'}
            label={isCopied ? 'Copied' : 'Copy answer'}
            onClick={() => void copyAnswer()}
          />
          {question && (
            <IconButton
              icon="retry"
              label="Answer again"
              isDisabled={live.value !== undefined}
              onClick={() => void retry(question)}
            />
          )}
        </div>
        {last && <Figures rounds={rounds} last={last} />}
      </div>
    </>
  )
}

function Figures({
  rounds,
  last,
}: {
  readonly rounds: Exchange['rounds']
  readonly last: AssistantTurn
}): JSX.Element {
  const totals = totalsOf(rounds)
  const { input, output, reasoning } = totals
  const model = last.model?.split('/').at(-1)
  const facts = [
    model && { label: `Model ${last.model}`, text: model },
    last.servedBy && { label: 'Served by', text: `by ${last.servedBy}` },
    totals.duration !== undefined && { label: 'Time', text: duration(totals.duration) },
    (input !== undefined || output !== undefined) && {
      label: `Tokens read and written${reasoning ? `, ${count(reasoning)} of them thought` : ''}`,
      text: `${input === undefined ? '?' : count(input)} \u2192 ${output === undefined ? '?' : count(output)} tokens`,
    },
    totals.cost !== undefined && { label: 'Cost in US dollars', text: dollars(totals.cost) },
  ].filter((fact) => typeof fact === 'object')
  return (
    <ul class="figures" aria-label="About this answer">
      {facts.map(({ label, text }) => (
        <li key={label} title={label}>
          {text}
        </li>
      ))}
    </ul>
  )
}

function Adjustments({ adjustments }: { readonly adjustments: readonly Adjustment[] }): JSX.Element | null {
  if (adjustments.length === 0) return null
  return (
    <details class="adjustments">
      <summary>
        <Icon name="right" />
        {adjustments.length === 1 ? '1 adjustment' : `${adjustments.length} adjustments`} for this model
      </summary>
      <ul>
        {adjustments.map(({ name, message }, index) => (
          <li key={index}>
            <strong>{name}</strong> {message}
          </li>
        ))}
      </ul>
    </details>
  )
}
