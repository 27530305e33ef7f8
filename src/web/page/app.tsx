import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { attach } from './attachments.ts'
import { Composer } from './composer.tsx'
import { HelpDialog, isHelping } from './help-dialog.tsx'
import { HistoryDrawer } from './history-drawer.tsx'
import { Icon } from './icons.tsx'
import { ModelPicker, isPicking } from './model-picker.tsx'
import { act, announcement, dismiss, notice } from './notices.ts'
import { PageHeader } from './page-header.tsx'
import { isDrawerOpen, isNarrow } from './preferences.ts'
import { title } from './saved-sessions.ts'
import { live } from './session.ts'
import { SettingsDialog, isSetting } from './settings-dialog.tsx'
import { LETTERS } from './shortcuts.ts'
import { Transcript } from './transcript.tsx'

const letters = Object.entries(LETTERS).map(([key, { what }]) => [key, what] as const)

/** The page. */
export function App(): JSX.Element {
  const isDropping = useDrop()
  useEffect(() => {
    document.title = title.value === undefined ? 'natter' : `${title.value} \u00b7 natter`
  }, [title.value])
  return (
    <div class={`page ${isDrawerOpen.value ? 'with-drawer' : ''}`}>
      <HistoryDrawer />
      <main inert={isNarrow.value && isDrawerOpen.value}>
        <PageHeader />
        <Transcript />
        <div class="composer-frame">
          {live.value && !live.value.isConnected.value && (
            <p class="connection" role="status">
              <span class="spinner" aria-hidden="true" />
              Reconnecting…
            </p>
          )}
          <Composer />
        </div>
      </main>
      {isPicking.value && <ModelPicker />}
      {isSetting.value && <SettingsDialog />}
      {isHelping.value && <HelpDialog letters={letters} />}
      {isDropping && (
        <div class="drop" aria-hidden="true">
          <Icon name="clip" />
          Drop files to attach them
        </div>
      )}
      <div class="notice-frame" role="status">
        {notice.value && (
          <div class="notice">
            <span>{notice.value.text}</span>
            {notice.value.action && (
              <button type="button" onClick={act}>
                {notice.value.action.label}
              </button>
            )}
            <button type="button" aria-label="Dismiss" onClick={dismiss}>
              <Icon name="close" />
            </button>
          </div>
        )}
      </div>
      <p class="off-screen" aria-live="polite">
        {announcement.value}
      </p>
    </div>
  )
}

/** Attaches what is dropped anywhere on the page; whether something is about to be. */
function useDrop(): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    let depth = 0
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
    const handlers = {
      dragenter: (event: DragEvent) => setOver(hasFiles(event) && ++depth > 0),
      dragleave: (event: DragEvent) => setOver(hasFiles(event) && --depth > 0),
      dragover: (event: DragEvent) => event.preventDefault(),
      // A browser would leave the page for a file that is dropped on it.
      drop: (event: DragEvent) => {
        event.preventDefault()
        depth = 0
        setOver(false)
        attach(event.dataTransfer?.files ?? [])
      },
    }
    for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler as EventListener)
    return () => {
      for (const [name, handler] of Object.entries(handlers))
        removeEventListener(name, handler as EventListener)
    }
  }, [])
  return isOver
}
