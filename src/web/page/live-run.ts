// An answer while it comes. Events are collected, and shown once for each frame of the screen.
import { type Signal, signal } from '@preact/signals'
import type { Content, ToolResult } from '../../core/content.ts'
import type { Adjustment } from '../../core/turn.ts'
import type { Usage } from '../../core/usage.ts'
import type { RunEvent } from '../protocol.ts'

/** A text that grows: its pieces, never joined while it does, because a join for each piece would be quadratic. */
export interface GrowingText {
  readonly pieces: string[]
  /** How many pieces can be read. */
  readonly count: Signal<number>
}

/** A part of an answer under way. */
export type LivePart =
  | { readonly type: 'text' | 'thinking' | 'refusal'; readonly text: GrowingText }
  | { readonly type: 'content'; readonly content: Content }

/** An answer under way. */
export interface LiveRun {
  readonly id: string
  readonly session: string
  readonly started: number
  /** The parts of the round under way; those of earlier rounds have joined the tree. */
  readonly parts: Signal<readonly LivePart[]>
  readonly results: Signal<ReadonlyMap<string, ToolResult>>
  readonly progress: Signal<ReadonlyMap<string, unknown>>
  /** The calls that wait for the person. */
  readonly approvals: Signal<ReadonlySet<string>>
  readonly adjustments: Signal<readonly Adjustment[]>
  readonly usage: Signal<Usage | undefined>
  readonly isConnected: Signal<boolean>
  readonly isStopping: Signal<boolean>
  readonly stopReading: AbortController
}

/** An answer of which nothing has come. */
export const liveRun = (id: string, session: string): LiveRun => ({
  id,
  session,
  started: Date.now(),
  parts: signal([]),
  results: signal(new Map()),
  progress: signal(new Map()),
  approvals: signal(new Set()),
  adjustments: signal([]),
  usage: signal(undefined),
  isConnected: signal(true),
  isStopping: signal(false),
  stopReading: new AbortController(),
})

/** Adds what one event brings to an answer; the events that change the tree are not for it. */
export function addEvent(run: LiveRun, event: RunEvent): void {
  switch (event.type) {
    case 'text':
    case 'thinking':
    case 'refusal':
      return addText(run, event.type, event.text)
    case 'citation':
      return addContent(run, event.citation)
    case 'media':
      return addContent(run, event.media)
    case 'server-tool':
      return addContent(run, event.tool)
    case 'tool-call':
      return addContent(run, event.call)
    case 'tool-progress':
      run.progress.value = new Map(run.progress.value).set(event.call.id, event.value)
      return
    case 'tool-result':
      run.results.value = new Map(run.results.value).set(event.call.id, event.result)
      return settle(run, event.call.id)
    case 'approval':
      run.approvals.value = new Set(run.approvals.value).add(event.id)
      return
    case 'adjustment':
      run.adjustments.value = [...run.adjustments.value, event.adjustment]
      return
    case 'usage':
      run.usage.value = event.usage
      return
    case 'turn':
      return turnOver(run, event.node.turn.role)
    default:
  }
}

/** What a turn tells is in the tree from here on, and the next answer may count its calls from the beginning. */
function turnOver(run: LiveRun, role: 'user' | 'assistant'): void {
  if (role === 'assistant') {
    run.parts.value = []
    run.adjustments.value = []
  } else {
    run.results.value = new Map()
    run.progress.value = new Map()
  }
}

/** The call waits no longer. */
export function settle(run: LiveRun, callId: string): void {
  if (!run.approvals.value.has(callId)) return
  run.approvals.value = new Set([...run.approvals.value].filter((id) => id !== callId))
}

function addText(run: LiveRun, type: 'text' | 'thinking' | 'refusal', piece: string): void {
  const last = run.parts.value.at(-1)
  if (last?.type === type) {
    last.text.pieces.push(piece)
    last.text.count.value = last.text.pieces.length
  } else {
    run.parts.value = [...run.parts.value, { type, text: { pieces: [piece], count: signal(1) } }]
  }
}

function addContent(run: LiveRun, content: Content): void {
  run.parts.value = [...run.parts.value, { type: 'content', content }]
}

/** Calls `show` with what was collected, once for each frame; in a tab that is not seen, now and then. */
export function perFrame<T>(show: (items: readonly T[]) => void): (items: readonly T[]) => void {
  let waiting: T[] = []
  let isPlanned = false
  const flush = (): void => {
    isPlanned = false
    const items = waiting
    waiting = []
    show(items)
  }
  return (items) => {
    for (const item of items) waiting.push(item)
    if (isPlanned) return
    isPlanned = true
    // A hidden tab has no frames.
    if (document.hidden) setTimeout(flush, 200)
    else requestAnimationFrame(flush)
  }
}
