import { type Signal, effect, signal } from '@preact/signals'

/** How the page looks: as the system does, or as was chosen. */
export type Theme = 'system' | 'light' | 'dark'

/** A value that this browser remembers. */
function remembered<T>(name: string, initial: T, isValid: (value: unknown) => boolean): Signal<T> {
  const key = `natter.${name}`
  const value = signal(initial)
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (isValid(kept)) value.value = kept as T
  } catch {
    // What cannot be read is as good as never chosen.
  }
  effect(() => localStorage.setItem(key, JSON.stringify(value.value)))
  return value
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'

/** The chosen look. */
export const theme = remembered<Theme>('theme', 'system', (value) => value === 'light' || value === 'dark')
/** Whether the list of conversations is shown; on a small screen it lies over the page. */
export const isDrawerOpen = remembered('drawer', innerWidth > 900, isBoolean)
/** Whether single letters are shortcuts. */
export const hasLetterKeys = remembered('letter-keys', true, isBoolean)

effect(() => {
  const { dataset } = document.documentElement
  if (theme.value === 'system') delete dataset.theme
  else dataset.theme = theme.value
})

/** The look after this one. */
export const nextTheme = (current: Theme): Theme =>
  current === 'system' ? 'dark' : current === 'dark' ? 'light' : 'system'

/** Whether the page is as narrow as a phone, so that the list of conversations lies over it. */
export const isNarrow = signal(matchMedia('(max-width: 760px)').matches)
matchMedia('(max-width: 760px)').addEventListener('change', ({ matches }) => {
  isNarrow.value = matches
  if (matches) isDrawerOpen.value = false
})
if (isNarrow.value) isDrawerOpen.value = false
