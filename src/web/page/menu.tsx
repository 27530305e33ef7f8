import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icons.tsx'

/** One thing a menu offers: to do something, or a file to save. */
export interface MenuItem {
  readonly icon: IconName
  readonly label: string
  readonly onChoose?: () => void
  readonly href?: string
  readonly isDanger?: boolean
}

interface MenuProps {
  readonly label: string
  readonly items: readonly MenuItem[]
}

/** A button that opens a menu. Arrows go through it, Escape and a click beside it close it. */
export function Menu({ label, items }: MenuProps): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const entries = (): HTMLElement[] => [
    ...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? []),
  ]
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  useLayoutEffect(() => {
    if (!isOpen) return
    entries()[0]?.focus()
    const onPress = ({ target }: Event): void => {
      if (!root.current?.contains(target as Node)) setOpen(false)
    }
    addEventListener('pointerdown', onPress)
    return () => removeEventListener('pointerdown', onPress)
  }, [isOpen])
  const onKeyDown = (event: KeyboardEvent): void => {
    const list = entries()
    const at = list.indexOf(document.activeElement as HTMLElement)
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (event.key === 'Escape' || event.key === 'Tab') close()
    if (next !== undefined) list.at(next % list.length)?.focus()
    if (event.key === 'Escape' || next !== undefined) {
      event.preventDefault()
      event.stopPropagation()
    }
  }
  return (
    <div class="menu" ref={root}>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <div class="menu-list" role="menu" aria-label={label} onKeyDown={onKeyDown}>
          {items.map(({ icon, label: text, onChoose, href, isDanger }) => {
            const choose = (): void => {
              close()
              onChoose?.()
            }
            const shared = {
              role: 'menuitem',
              tabIndex: -1,
              class: isDanger ? 'danger' : '',
              onClick: choose,
            } as const
            return href === undefined ? (
              <button type="button" {...shared} key={text}>
                <Icon name={icon} />
                {text}
              </button>
            ) : (
              <a {...shared} href={href} download key={text}>
                <Icon name={icon} />
                {text}
              </a>
            )
          })}
        </div>
      )}
    </div>
  )
}
