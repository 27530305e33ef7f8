import type { JSX } from 'preact'
import type { NodeView } from '../protocol.ts'
import type { Place } from './conversation.ts'
import { IconButton } from './icons.tsx'
import { live, showVersion } from './session.ts'

/** Arrows between the versions of a turn; nothing where there is but one. */
export function Versions({
  node,
  place,
}: {
  readonly node: NodeView
  readonly place: Place
}): JSX.Element | null {
  const { at, of } = place
  if (of < 2) return null
  const isBusy = live.value !== undefined
  return (
    <span class="versions" role="group" aria-label="Versions">
      <IconButton
        icon="left"
        label="Previous version"
        isDisabled={isBusy || at <= 1}
        onClick={() => void showVersion(node, -1)}
      />
      <span aria-label={`Version ${at} of ${of}`}>
        {at}/{of}
      </span>
      <IconButton
        icon="right"
        label="Next version"
        isDisabled={isBusy || at >= of}
        onClick={() => void showVersion(node, 1)}
      />
    </span>
  )
}
