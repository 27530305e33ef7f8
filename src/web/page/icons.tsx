import type { JSX } from 'preact'

const PATHS = {
  menu: 'M4 6h16M4 12h16M4 18h10',
  plus: 'M12 5v14M5 12h14',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  clip: 'M20 11.5 12 19.4a5 5 0 0 1-7-7l8.4-8.3a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.3a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6',
  copy: 'M9 9h10v11H9zM15 9V5H5v11h4',
  check: 'M5 12.5 10 17l9-10',
  retry: 'M20 11a8 8 0 1 0-2.3 6M20 5v6h-6',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  left: 'M14 6l-6 6 6 6',
  right: 'M10 6l6 6-6 6',
  down: 'M6 10l6 6 6-6',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14zM16.5 16.5 21 21',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  sliders: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  tool: 'M14.5 6.5a4 4 0 0 0-5.2 5.2L4 17l3 3 5.3-5.3a4 4 0 0 0 5.2-5.2L15 12l-3-3z',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  alert: 'M12 4 2.8 20h18.4zM12 10v4M12 17h.01',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  moon: 'M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z',
  system: 'M3 5h18v11H3zM8 20h8M12 16v4',
  help: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 18h.01',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  save: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
} as const

/** The name of a picture. */
export type IconName = keyof typeof PATHS

/** A small picture, for the eye only: what bears it says in words what it does. */
export const Icon = ({ name }: { readonly name: IconName }): JSX.Element => (
  <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)

interface IconButtonProps {
  readonly icon: IconName
  readonly label: string
  readonly onClick: () => void
  readonly class?: string
  readonly isDisabled?: boolean
  readonly keys?: string
  readonly isPressed?: boolean
}

/** A button of a picture alone; `keys` are its shortcut, as it is written. */
export const IconButton = ({
  icon,
  label,
  onClick,
  isDisabled,
  keys,
  isPressed,
  ...rest
}: IconButtonProps): JSX.Element => (
  <button
    type="button"
    class={`icon-button ${rest.class ?? ''}`}
    aria-label={label}
    title={keys ? `${label} (${keys})` : label}
    disabled={isDisabled ?? false}
    aria-pressed={isPressed}
    onClick={onClick}
  >
    <Icon name={icon} />
  </button>
)
