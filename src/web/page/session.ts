// The conversation that is shown: what is known of it, and what can be done with it.
import { batch, computed, signal } from '@preact/signals'
import type {
  ErrorView,
  NodeView,
  RunEvent,
  RunRequest,
  SessionView,
  SettingsView,
  StateView,
  UploadView,
} from '../protocol.ts'
import * as api from './api.ts'
import { exchangesOf, leafOf, treeOf, versionsOf } from './conversation.ts'
import { type LiveRun, addEvent, liveRun, perFrame, settle } from './live-run.ts'
import { announcement, notify } from './notices.ts'
import { readRun } from './run-events.ts'

/** What the server said of itself; undefined until it did. */
export const state = signal<StateView | undefined>(undefined)
/** The conversation that is shown; undefined as long as it is a new one. */
export const session = signal<SessionView | undefined>(undefined)
/** The answer under way. */
export const live = signal<LiveRun | undefined>(undefined)
/** What went wrong, and how to try again. */
export const failure = signal<{ readonly error: ErrorView; readonly retry?: () => void } | undefined>(
  undefined,
)
/** Whether the conversation, or the page, is still on its way. */
export const isLoading = signal(true)
/** The question that is being edited. */
export const editing = signal<string | undefined>(undefined)
/** Counts what changes the list of conversations. */
export const changes = signal(0)

/** What a new conversation will be asked with. */
const draft = signal<SettingsView | undefined>(undefined)

/** Whom the shown conversation asks, and how. */
export const settings = computed<SettingsView>(
  () => session.value?.settings ?? draft.value ?? state.value?.settings ?? { model: '', params: {} },
)
const tree = computed(() => treeOf(session.value?.nodes ?? []))
/** The questions and answers of the branch that is shown. */
export const exchanges = computed(() => exchangesOf(tree.value, session.value?.head))

/** Asks the server for what the page begins with. */
export async function begin(): Promise<void> {
  // Neither waits for the other: each is a way to the server and back.
  const opening = openFromAddress()
  try {
    state.value = await api.getState()
  } catch (error) {
    await opening
    failure.value = { error: api.viewOf(error), retry: () => location.reload() }
    return
  }
  await opening
  addEventListener('hashchange', () => void openFromAddress())
  addEventListener('focus', () => void refresh())
}

/** Takes in what was said meanwhile in another tab. */
async function refresh(): Promise<void> {
  const shown = session.value
  if (!shown || live.value) return
  const now = await api.getSession(shown.id).catch(() => undefined)
  if (!now || live.value || session.value !== shown) return
  if (now.nodes.length !== shown.nodes.length) session.value = now
  if (now.run !== undefined) follow(now.run, now.id)
}

async function openFromAddress(): Promise<void> {
  const id = decodeURIComponent(location.hash.slice(1))
  if (id === '') return newSession()
  if (id !== session.value?.id) await open(id)
}

/** Shows a new conversation; the server hears of it with its first question. */
export function newSession(): void {
  leave()
  draft.value = undefined
  isLoading.value = false
  if (location.hash !== '') history.pushState(null, '', location.pathname + location.search)
}

/** Shows a saved conversation, and goes on with the answer that is under way there. */
export async function open(id: string): Promise<void> {
  leave()
  isLoading.value = true
  const address = `#${encodeURIComponent(id)}`
  if (location.hash !== address) history.pushState(null, '', address)
  try {
    const opened = await api.getSession(id)
    if (location.hash !== address) return
    session.value = opened
    if (opened.run !== undefined) follow(opened.run, opened.id)
  } catch (error) {
    failure.value = { error: api.viewOf(error), retry: () => void open(id) }
  }
  isLoading.value = false
}

function leave(): void {
  live.value?.stopReading.abort()
  batch(() => {
    live.value = undefined
    session.value = undefined
    failure.value = undefined
    editing.value = undefined
  })
}

/** Asks a question at the end of the branch, or a new version of one at its place. Whether the server took it. */
export async function ask(
  text: string,
  uploads: readonly UploadView[],
  instead?: NodeView,
): Promise<boolean> {
  const parent = instead ? instead.parent : session.value?.head
  const ids = uploads.map(({ id }) => id)
  return start({
    ...(text !== '' && { text }),
    ...(ids.length > 0 && { uploads: ids }),
    ...(parent !== undefined && { parent }),
  })
}

/** Asks for a new version of the answer to a question. */
export function retry(question: NodeView): Promise<boolean> {
  if (session.value) session.value = { ...session.value, head: question.id }
  return start({ parent: question.id })
}

async function start(request: RunRequest): Promise<boolean> {
  if (live.value) return false
  failure.value = undefined
  try {
    if (!session.value) {
      const created = await api.createSession(settings.value)
      session.value = created
      history.replaceState(null, '', `#${encodeURIComponent(created.id)}`)
    }
    const { id } = session.value
    const { run } = await api.startRun(id, request)
    if (session.value?.id === id) follow(run, id)
    return true
  } catch (error) {
    failure.value = { error: api.viewOf(error), retry: () => void start(request) }
    return false
  }
}

function follow(id: string, sessionId: string): void {
  const run = liveRun(id, sessionId)
  live.value = run
  announcement.value = 'Answering'
  const show = perFrame<RunEvent>((events) => {
    if (live.value !== run) return
    batch(() => {
      for (const event of events) hear(run, event)
    })
  })
  const listener = {
    onEvents: show,
    onConnection: (isConnected: boolean) => void (run.isConnected.value = isConnected),
    signal: run.stopReading.signal,
  }
  void readRun(id, listener).then((outcome) => {
    if (outcome === 'gone' && live.value === run) void open(sessionId)
  })
}

function hear(run: LiveRun, event: RunEvent): void {
  addEvent(run, event)
  const shown = session.value
  if (!shown) return
  if (event.type === 'question' || event.type === 'turn') {
    const { node } = event
    const nodes = shown.nodes.some(({ id }) => id === node.id) ? shown.nodes : [...shown.nodes, node]
    session.value = { ...shown, nodes, head: node.id }
    if (event.type === 'question') changes.value++
  } else if (event.type === 'approval') {
    announcement.value = `The tool ${event.name} waits for your approval`
  } else if (event.type === 'error') {
    const question = exchanges.value.at(-1)?.question
    failure.value = { error: event.error, ...(question && { retry: () => void retry(question) }) }
    announcement.value = `Error: ${event.error.message}`
  } else if (event.type === 'end') {
    live.value = undefined
    // Where nothing was answered, the question stays in sight.
    if (event.head !== undefined && !failure.value) session.value = { ...shown, head: event.head }
    if (!failure.value) announcement.value = 'The answer is complete'
    changes.value++
  }
}

/** Stops the answer; what has come of it stays. */
export async function stop(): Promise<void> {
  const run = live.value
  if (!run || run.isStopping.value) return
  run.isStopping.value = true
  await report(api.stopRun(run.id))
}

/** Lets a tool run, or not. */
export async function decide(run: LiveRun, callId: string, isApproved: boolean): Promise<void> {
  if (await report(api.decide(run.id, callId, isApproved))) settle(run, callId)
}

/** Shows the version of a turn that is `by` places further. */
export async function showVersion(node: NodeView, by: number): Promise<void> {
  const shown = session.value
  const versions = versionsOf(tree.value, node)
  const next = versions[versions.findIndex(({ id }) => id === node.id) + by]
  if (!shown || !next || live.value) return
  const head = leafOf(tree.value, next.id)
  session.value = { ...shown, head }
  failure.value = undefined
  await report(api.patchSession(shown.id, { head }))
}

/** Changes whom the conversation asks, or how. @throws RequestError where the server does not take it */
export async function changeSettings(change: Partial<SettingsView>): Promise<void> {
  const next = { ...settings.value, ...change }
  if (session.value) {
    await api.patchSession(session.value.id, { settings: change })
    session.value = { ...session.value, settings: next }
  } else draft.value = next
}

/** Waits for something; where it fails, says so and answers false. */
export async function report(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    notify({ text: api.viewOf(error).message })
    return false
  }
}
