// The keys of the page. Letters alone work where nothing is written, and can be turned off.
import { focusComposer } from './composer.tsx'
import { copy } from './clipboard.ts'
import { isHelping } from './help-dialog.tsx'
import { isPicking } from './model-picker.tsx'
import { hasLetterKeys, isDrawerOpen, nextTheme, theme } from './preferences.ts'
import { editing, exchanges, live, newSession, retry, session, showVersion, state, stop } from './session.ts'
import { isSetting } from './settings-dialog.tsx'

const lastExchange = (): (typeof exchanges.value)[number] | undefined => exchanges.value.at(-1)

function search(): void {
  isDrawerOpen.value = true
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#search')?.focus())
}

function start(): void {
  newSession()
  requestAnimationFrame(focusComposer)
}

function copyLast(): void {
  const contents = lastExchange()?.rounds.flatMap(({ node }) => node.turn.contents) ?? []
  const text = contents.flatMap((content) => (content.type === 'text' ? content.text : [])).join('\n\n')
  if (text !== '') void copy(text)
}

function version(by: number): void {
  const [answer] = lastExchange()?.rounds ?? []
  if (answer) void showVersion(answer.node, by)
}

/** What each letter does. */
export const LETTERS: Readonly<Record<string, { readonly what: string; readonly run: () => void }>> = {
  '/': { what: 'Write a message', run: focusComposer },
  n: { what: 'New chat', run: start },
  h: { what: 'Show or hide the conversations', run: () => (isDrawerOpen.value = !isDrawerOpen.value) },
  m: { what: 'Choose a model', run: () => (isPicking.value = (state.value?.providers.length ?? 0) > 0) },
  s: { what: 'System prompt and parameters', run: () => (isSetting.value = true) },
  e: {
    what: 'Edit the last message',
    run: () => (editing.value = live.value ? undefined : lastExchange()?.question?.id),
  },
  r: { what: 'Answer again', run: () => retryLast() },
  c: { what: 'Copy the last answer', run: copyLast },
  '[': { what: 'Previous version of the last answer', run: () => version(-1) },
  ']': { what: 'Next version of the last answer', run: () => version(1) },
  t: { what: 'Light, dark, or as the system', run: () => (theme.value = nextTheme(theme.value)) },
  '?': { what: 'These shortcuts', run: () => (isHelping.value = true) },
}

function retryLast(): void {
  const question = lastExchange()?.question
  if (question && session.value) void retry(question)
}

/** Hears the keys of the whole page. */
export function listen(): void {
  addEventListener('keydown', (event) => {
    const { key, target } = event
    const isWriting = target instanceof HTMLElement && target.matches('input, textarea, select')
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return
    const hasMod = event.ctrlKey || event.metaKey
    if (hasMod && !event.shiftKey && !event.altKey && key.toLowerCase() === 'k') search()
    else if (hasMod && event.shiftKey && key.toLowerCase() === 'o') start()
    else if (key === 'Escape' && live.value) void stop()
    else if (key === 'Escape' && isWriting) target.blur()
    else if (!hasMod && !event.altKey && !isWriting && hasLetterKeys.value && Object.hasOwn(LETTERS, key))
      LETTERS[key]?.run()
    else return
    event.preventDefault()
  })
}
