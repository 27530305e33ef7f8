import type { JSX } from 'preact'
import type { Media } from '../../core/content.ts'
import { Icon } from './icons.tsx'
import { mediaOf } from './links.ts'

/** A picture, recording or file of a turn. Only what lies at this server, or in the turn itself, is shown. */
export function MediaView({ media }: { readonly media: Media }): JSX.Element {
  const { kind, mimeType, data, name, transcript } = media
  const url = mediaOf(media.url ?? `data:${mimeType};base64,${data ?? ''}`)
  const label = name ?? (kind === 'pdf' ? 'PDF' : kind)
  if (kind === 'image' && url !== undefined)
    return (
      <a class="picture" href={url} target="_blank" rel="noopener">
        <img src={url} alt={label} loading="lazy" />
      </a>
    )
  if (kind === 'audio' && url !== undefined)
    return (
      <figure class="audio">
        <audio controls src={url} aria-label={label} />
        {transcript && <figcaption>{transcript}</figcaption>}
      </figure>
    )
  const inside = (
    <>
      <Icon name="file" />
      {label}
    </>
  )
  return url === undefined ? (
    <span class="file">{inside}</span>
  ) : (
    <a class="file" href={url} download={label}>
      {inside}
    </a>
  )
}
