import { signal } from '@preact/signals'

/** A line at the foot of the page that goes away. */
export interface Notice {
  readonly text: string
  /** What can be done about it. */
  readonly action?: { readonly label: string; readonly run: () => void }
  /** Called when it goes without having been acted on. */
  readonly onGone?: () => void
}

/** In milliseconds. */
const LASTS = 6000

/** The line that is shown. */
export const notice = signal<Notice | undefined>(undefined)
/** What a screen reader says next. */
export const announcement = signal('')

let timer: ReturnType<typeof setTimeout> | undefined

/** Shows a line, in place of the one that is shown. */
export function notify(next: Notice): void {
  dismiss()
  notice.value = next
  timer = setTimeout(dismiss, LASTS)
}

/** Takes the line away. */
export function dismiss(): void {
  clearTimeout(timer)
  const gone = notice.value
  notice.value = undefined
  gone?.onGone?.()
}

/** Does what the line offers. */
export function act(): void {
  clearTimeout(timer)
  const { action } = notice.value ?? {}
  notice.value = undefined
  action?.run()
}

// A line that is still there when the page goes has not been acted on.
addEventListener('pagehide', dismiss)
