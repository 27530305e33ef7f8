import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Media } from '../../core/content.ts'
import type { NodeView, UploadView } from '../protocol.ts'
import * as api from './api.ts'
import { copy } from './clipboard.ts'
import { focusComposer } from './composer.tsx'
import type { Place } from './conversation.ts'
import { IconButton } from './icons.tsx'
import { mediaOf } from './links.ts'
import { MediaView } from './media-view.tsx'
import { ask, editing, live, report } from './session.ts'
import { Versions } from './versions.tsx'

interface QuestionProps {
  readonly node: NodeView
  readonly place: Place
}

/** What a person asked; it can be asked otherwise, which begins a branch. */
export function QuestionView({ node, place }: QuestionProps): JSX.Element {
  const text = node.turn.contents
    .flatMap((content) => (content.type === 'text' ? content.text : []))
    .join('\n')
  const media = node.turn.contents.filter((content) => content.type === 'media')
  return (
    <section class="question" aria-label="Your message">
      {media.length > 0 && (
        <div class="media-row">
          {media.map((one, index) => (
            <MediaView media={one} key={index} />
          ))}
        </div>
      )}
      {editing.value === node.id ? (
        <Editor node={node} text={text} media={media} />
      ) : (
        <>
          {text !== '' && <div class="bubble">{text}</div>}
          <div class="actions">
            <Versions node={node} place={place} />
            <IconButton icon="copy" label="Copy message" onClick={() => void copy(text)} />
            <IconButton
              icon="edit"
              label="Edit message"
              isDisabled={live.value !== undefined}
              onClick={() => (editing.value = node.id)}
            />
          </div>
        </>
      )}
    </section>
  )
}

function Editor({
  node,
  text,
  media,
}: {
  readonly node: NodeView
  readonly text: string
  readonly media: readonly Media[]
}): JSX.Element {
  const [value, setValue] = useState(text)
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const { current } = field
    current?.focus()
    current?.setSelectionRange(text.length, text.length)
  }, [])
  const close = (): void => {
    editing.value = undefined
    focusComposer()
  }
  const send = async (): Promise<void> => {
    if (value.trim() === '' && media.length === 0) return
    let uploads: readonly UploadView[] = []
    // What was sent before is the server's; a new question needs its files anew.
    const isSent = await report(Promise.all(media.map(sendAgain)).then((sent) => (uploads = sent)))
    if (isSent && (await ask(value.trim(), uploads, node))) close()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      void send()
    }
  }
  return (
    <div class="editor">
      <textarea
        ref={field}
        aria-label="Edit your message"
        value={value}
        rows={2}
        onInput={({ currentTarget }) => setValue(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="editor-buttons">
        <button type="button" class="button" onClick={close}>
          Cancel
        </button>
        <button type="button" class="button primary" onClick={() => void send()}>
          Send
        </button>
      </div>
    </div>
  )
}

async function sendAgain({ url, mimeType, data, name }: Media): Promise<UploadView> {
  const source = mediaOf(url ?? `data:${mimeType};base64,${data ?? ''}`)
  if (source === undefined)
    throw new Error(`${name ?? 'A file'} is not here to be sent again: attach it to a new message`)
  const response = await fetch(source)
  const blob = await response.blob()
  return api.upload(new Blob([blob], { type: mimeType }), name ?? 'file')
}
