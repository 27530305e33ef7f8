import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { SessionSummary } from '../protocol.ts'
import { exportUrl } from './api.ts'
import { dayOf } from './figures.ts'
import { Icon, IconButton } from './icons.tsx'
import { Menu, type MenuItem } from './menu.tsx'
import { isDrawerOpen, isNarrow } from './preferences.ts'
import { isListed, remove, rename, summaries, words } from './saved-sessions.ts'
import { newSession, session } from './session.ts'

/** The saved conversations: found, opened, renamed, exported, deleted. */
export function HistoryDrawer(): JSX.Element | null {
  const [renaming, setRenaming] = useState<string | undefined>(undefined)
  const root = useRef<HTMLElement>(null)
  const isOver = isNarrow.value
  useEffect(() => {
    if (isOver && isDrawerOpen.value) root.current?.querySelector('input')?.focus()
  }, [isOver, isDrawerOpen.value])
  if (!isDrawerOpen.value) return null
  const close = (): void => {
    if (isOver) isDrawerOpen.value = false
  }
  const listed = summaries.value?.filter(isListed)
  let day = ''
  return (
    <>
      {isOver && <div class="backdrop" onClick={close} />}
      <nav
        class="drawer"
        ref={root}
        aria-label="Conversations"
        onKeyDown={(event) => {
          if (event.key === 'Escape' && isOver) {
            event.stopPropagation()
            close()
          }
        }}
      >
        <div class="drawer-head">
          <span class="brand">natter</span>
          <IconButton
            icon="close"
            label="Close the list"
            class="only-over"
            onClick={() => (isDrawerOpen.value = false)}
          />
        </div>
        <button
          type="button"
          class="new-chat"
          onClick={() => {
            newSession()
            close()
          }}
        >
          <Icon name="plus" />
          New chat
        </button>
        <label class="search">
          <Icon name="search" />
          <input
            type="search"
            id="search"
            placeholder="Search"
            aria-label="Search conversations"
            value={words.value}
            onInput={({ currentTarget }) => (words.value = currentTarget.value)}
          />
        </label>
        <ul class="sessions">
          {listed?.map((summary) => {
            const next = dayOf(summary.updated)
            const isFirst = next !== day && words.value === ''
            day = next
            return (
              <>
                {isFirst && (
                  <li class="day" key={next}>
                    <h3>{next}</h3>
                  </li>
                )}
                <li class={`session ${session.value?.id === summary.id ? 'shown' : ''}`} key={summary.id}>
                  {renaming === summary.id ? (
                    <Title summary={summary} onDone={() => setRenaming(undefined)} />
                  ) : (
                    <>
                      <a
                        href={`#${encodeURIComponent(summary.id)}`}
                        aria-current={session.value?.id === summary.id ? 'page' : undefined}
                        onClick={close}
                      >
                        <span class="session-title">{summary.title}</span>
                        {summary.snippet && <span class="snippet">{summary.snippet}</span>}
                      </a>
                      <Menu
                        label={`More for ${summary.title}`}
                        items={itemsOf(summary, () => setRenaming(summary.id))}
                      />
                    </>
                  )}
                </li>
              </>
            )
          })}
        </ul>
        {listed?.length === 0 && (
          <p class="drawer-empty">{words.value ? 'Nothing found' : 'No conversations yet'}</p>
        )}
      </nav>
    </>
  )
}

/** What can be done with a saved conversation. */
export const itemsOf = (summary: SessionSummary, onRename: () => void): readonly MenuItem[] => [
  { icon: 'edit', label: 'Rename', onChoose: onRename },
  { icon: 'save', label: 'Export as Markdown', href: exportUrl(summary.id, 'markdown') },
  { icon: 'save', label: 'Export as HTML', href: exportUrl(summary.id, 'html') },
  { icon: 'save', label: 'Export as JSONL', href: exportUrl(summary.id, 'jsonl') },
  { icon: 'trash', label: 'Delete', isDanger: true, onChoose: () => remove(summary) },
]

function Title({
  summary,
  onDone,
}: {
  readonly summary: SessionSummary
  readonly onDone: () => void
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => field.current?.select(), [])
  const save = (): void => {
    const title = field.current?.value.trim() ?? ''
    if (title !== '' && title !== summary.title) void rename(summary, title)
    onDone()
  }
  return (
    <input
      ref={field}
      class="title-field"
      aria-label="Title"
      defaultValue={summary.title}
      onBlur={save}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') save()
        if (event.key === 'Escape') onDone()
      }}
    />
  )
}
