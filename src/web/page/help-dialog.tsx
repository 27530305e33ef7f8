import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Dialog } from './dialog.tsx'
import { hasLetterKeys } from './preferences.ts'

/** Whether the shortcuts are shown. */
export const isHelping = signal(false)

const isMac = navigator.platform.startsWith('Mac')
const ALWAYS: readonly (readonly [string, string])[] = [
  ['Enter', 'Send'],
  ['Shift Enter', 'Break the line'],
  ['Esc', 'Stop the answer, or leave the field'],
  ['\u2191', 'Edit the last message, from an empty field'],
  [isMac ? '\u2318 K' : 'Ctrl K', 'Search conversations'],
  [isMac ? '\u2318 Shift O' : 'Ctrl Shift O', 'New chat'],
]

/** The keys, and what they do. */
export function HelpDialog({
  letters,
}: {
  readonly letters: readonly (readonly [string, string])[]
}): JSX.Element {
  return (
    <Dialog title="Keyboard" onClose={() => (isHelping.value = false)} class="help">
      <Keys list={ALWAYS} />
      <label class="switch">
        <input
          type="checkbox"
          checked={hasLetterKeys.value}
          onChange={({ currentTarget }) => (hasLetterKeys.value = currentTarget.checked)}
        />
        Single letters, where nothing is being written
      </label>
      {hasLetterKeys.value && <Keys list={letters} />}
    </Dialog>
  )
}

const Keys = ({ list }: { readonly list: readonly (readonly [string, string])[] }): JSX.Element => (
  <dl class="keys">
    {list.map(([keys, what]) => (
      <div key={keys}>
        <dt>
          {keys.split(' ').map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}
        </dt>
        <dd>{what}</dd>
      </div>
    ))}
  </dl>
)
