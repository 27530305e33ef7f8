// The list of conversations.
import { computed, effect, signal } from '@preact/signals'
import type { SessionSummary } from '../protocol.ts'
import * as api from './api.ts'
import { notify } from './notices.ts'
import { changes, newSession, report, session, state } from './session.ts'

/** The conversations that are listed, newest first; undefined until they are known. */
export const summaries = signal<readonly SessionSummary[] | undefined>(undefined)
/** The words that are looked for. */
export const words = signal('')

/** The title of the conversation that is shown: the list knows it first, for the server makes it of the first question. */
export const title = computed(() => {
  const shown = session.value
  return shown && (summaries.value?.find(({ id }) => id === shown.id)?.title ?? shown.title)
})

/** Deleted, but not yet for good. */
const leaving = signal<ReadonlySet<string>>(new Set())
let request: AbortController | undefined

/** Whether a conversation is to be shown in the list. */
export const isListed = ({ id }: SessionSummary): boolean => !leaving.value.has(id)

// Asked for anew with each letter and each answer; a little later, so that what follows at once is one question.
effect(() => {
  const wanted = words.value.trim()
  const hasBegun = state.value !== undefined && changes.value >= 0
  if (!hasBegun) return
  const timer = setTimeout(() => void load(wanted), summaries.peek() === undefined ? 0 : 150)
  return () => clearTimeout(timer)
})

async function load(wanted: string): Promise<void> {
  request?.abort()
  const { signal: abort } = (request = new AbortController())
  try {
    const list = await api.getSessions(wanted, abort)
    if (!abort.aborted) summaries.value = list
  } catch (error) {
    if (!abort.aborted) notify({ text: api.viewOf(error).message })
  }
}

/** Gives a conversation another title. */
export async function rename({ id }: SessionSummary, next: string): Promise<void> {
  if (await report(api.patchSession(id, { title: next }))) changes.value++
}

/** Deletes a conversation, once the time is over in which it can be had back. */
export function remove(summary: SessionSummary): void {
  const { id } = summary
  const isShown = session.value?.id === id
  leaving.value = new Set(leaving.value).add(id)
  if (isShown) newSession()
  const stay = (): void => {
    leaving.value = new Set([...leaving.value].filter((other) => other !== id))
  }
  notify({
    text: `“${summary.title}” is deleted`,
    action: { label: 'Undo', run: stay },
    onGone: () => void report(api.deleteSession(id)).then((isGone) => (isGone ? changes.value++ : stay())),
  })
}
