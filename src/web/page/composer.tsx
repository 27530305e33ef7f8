import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { attach, attachments, detach, detachAll } from './attachments.ts'
import { bytes } from './figures.ts'
import { Icon, IconButton } from './icons.tsx'
import { ask, editing, exchanges, isLoading, live, session, stop } from './session.ts'

const text = signal('')
const isSending = signal(false)
/** Drafts of other conversations, until the page is closed. */
const drafts = new Map<string | undefined, string>()

/** Puts the cursor where questions are written. */
export const focusComposer = (): void => document.querySelector<HTMLTextAreaElement>('#question')?.focus()

async function send(): Promise<void> {
  const asked = text.value.trim()
  const files = attachments.value
  if (isSending.value || live.value || (asked === '' && files.length === 0)) return
  if (files.some(({ upload }) => upload === undefined)) return
  isSending.value = true
  const isTaken = await ask(
    asked,
    files.flatMap(({ upload }) => upload ?? []),
  )
  isSending.value = false
  if (!isTaken) return
  text.value = ''
  detachAll()
}

/** Where questions are written: Enter sends, files come by button, paste and drop. */
export function Composer(): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null)
  const id = session.value?.id
  useLayoutEffect(() => {
    // A new conversation that becomes a saved one by its first question is no other one.
    if (!isSending.peek()) text.value = drafts.get(id) ?? ''
    if (!matchMedia('(pointer: coarse)').matches) focusComposer()
    return () => {
      drafts.set(id, isSending.peek() ? '' : text.peek())
    }
  }, [id])
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter also ends a word in scripts that are composed.
    if (event.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      void send()
    } else if (event.key === 'ArrowUp' && text.value === '' && !live.value) {
      const last = exchanges.value.findLast(({ question }) => question)
      if (last?.question) {
        event.preventDefault()
        editing.value = last.question.id
      }
    }
  }
  const onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    attach(files)
  }
  const isWaiting = attachments.value.some(({ upload }) => upload === undefined)
  const hasQuestion = text.value.trim() !== '' || attachments.value.length > 0
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      {attachments.value.length > 0 && <AttachmentList />}
      <textarea
        id="question"
        ref={field}
        rows={1}
        aria-label="Your message"
        placeholder="Ask anything"
        value={text.value}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <div class="composer-row">
        <FileButton />
        <span class="composer-hint">
          <kbd>Enter</kbd> sends, <kbd>Shift Enter</kbd> breaks the line
        </span>
        {live.value ? (
          <IconButton
            class="send"
            icon="stop"
            label={live.value.isStopping.value ? 'Stopping' : 'Stop'}
            keys="Esc"
            isDisabled={live.value.isStopping.value}
            onClick={() => void stop()}
          />
        ) : (
          <IconButton
            class="send"
            icon="send"
            label="Send"
            keys="Enter"
            isDisabled={!hasQuestion || isWaiting || isSending.value || isLoading.value}
            onClick={() => void send()}
          />
        )}
      </div>
    </form>
  )
}

function FileButton(): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange={({ currentTarget }) => {
          attach(currentTarget.files ?? [])
          currentTarget.value = ''
        }}
      />
      <IconButton icon="clip" label="Attach files" onClick={() => input.current?.click()} />
    </>
  )
}

const AttachmentList = (): JSX.Element => (
  <ul class="attachments" aria-label="Attached files">
    {attachments.value.map(({ key, name, size, preview, upload, problem }) => (
      <li key={key} class={problem ? 'failed' : upload ? '' : 'busy'} title={problem ?? name}>
        {preview ? <img src={preview} alt="" /> : <Icon name={problem ? 'alert' : 'file'} />}
        <span class="attachment-name">{name}</span>
        <small>{problem ?? (upload ? bytes(size) : 'Uploading')}</small>
        <IconButton icon="close" label={`Remove ${name}`} onClick={() => detach(key)} />
      </li>
    ))}
  </ul>
)
