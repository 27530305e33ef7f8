import type { JSX } from 'preact'
import { totalsOf } from './conversation.ts'
import { dollars } from './figures.ts'
import { isHelping } from './help-dialog.tsx'
import { Icon, IconButton } from './icons.tsx'
import { isPicking } from './model-picker.tsx'
import { isDrawerOpen, nextTheme, theme } from './preferences.ts'
import { title } from './saved-sessions.ts'
import { exchanges, newSession, settings, state } from './session.ts'
import { isSetting } from './settings-dialog.tsx'

const THEMES = {
  system: { icon: 'system', label: 'Looks as the system does' },
  light: { icon: 'sun', label: 'Light' },
  dark: { icon: 'moon', label: 'Dark' },
} as const

/** The head of the page: whom one talks to, and what can be set. */
export function PageHeader(): JSX.Element {
  const { model } = settings.value
  const canPick = (state.value?.providers.length ?? 0) > 0
  const { cost } = totalsOf(exchanges.value.flatMap(({ rounds }) => rounds))
  const look = THEMES[theme.value]
  const name = (
    <>
      <span class="model-provider">{model.slice(0, model.indexOf('/'))}</span>
      <span class="model-title">{model.slice(model.indexOf('/') + 1)}</span>
    </>
  )
  return (
    <header class="page-head">
      <IconButton
        icon="menu"
        label={isDrawerOpen.value ? 'Hide conversations' : 'Show conversations'}
        keys="h"
        isPressed={isDrawerOpen.value}
        onClick={() => (isDrawerOpen.value = !isDrawerOpen.value)}
      />
      {canPick ? (
        <button
          type="button"
          class="model-button"
          title="Choose a model (m)"
          onClick={() => (isPicking.value = true)}
        >
          <span class="off-screen">Model: </span>
          {name}
          <Icon name="down" />
        </button>
      ) : (
        <p class="model-button fixed">{name}</p>
      )}
      <h1 class="off-screen">{title.value ?? 'New chat'}</h1>
      <span class="head-space" />
      {cost !== undefined && (
        <span class="head-cost" title="Cost of what is shown, in US dollars">
          {dollars(cost)}
        </span>
      )}
      <IconButton icon="plus" label="New chat" keys="n" class="only-narrow" onClick={newSession} />
      <IconButton
        icon="sliders"
        label="System prompt and parameters"
        keys="s"
        onClick={() => (isSetting.value = true)}
      />
      <IconButton
        icon={look.icon}
        label={`${look.label}: change`}
        keys="t"
        onClick={() => (theme.value = nextTheme(theme.value))}
      />
      <IconButton
        icon="help"
        label="Keyboard shortcuts"
        keys="?"
        class="not-narrow"
        onClick={() => (isHelping.value = true)}
      />
    </header>
  )
}
