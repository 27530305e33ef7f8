import { fromBase64 } from '../lib/base64.ts'

/**
 * What one dialect must hand back to its server unread (a signature, encrypted reasoning). Only the dialect that wrote it reads it,
 * and only at the server that wrote it: it is left out of what another one is sent.
 */
export interface Opaque {
  readonly dialect: string
  readonly value: unknown
  /** The address of the server that wrote it, less what may hold a key; absent where nobody knows. */
  readonly server?: string
}

/** Text said by a person or a model. */
export interface Text {
  readonly type: 'text'
  readonly text: string
  readonly opaque?: Opaque
}

/** A model's visible reasoning, kept apart from its answer. */
export interface Thinking {
  readonly type: 'thinking'
  readonly text: string
  readonly opaque?: Opaque
}

/** A picture, PDF, recording or document, by URL (`https:` or `data:`) or as base64 `data`. */
export interface Media {
  readonly type: 'media'
  readonly kind: 'image' | 'pdf' | 'audio' | 'document'
  readonly mimeType: string
  /** Where the server can fetch it; a data URL is split into `mimeType` and `data` instead. */
  readonly url?: string
  /** The bytes in base64. */
  readonly data?: string
  /** The id or URI of a file that was uploaded to the provider who is asked. */
  readonly fileId?: string
  /** The address of the server that keeps the file of that id; absent: the one that is asked. */
  readonly server?: string
  readonly name?: string
  /** How closely a picture is to be looked at, and paid for, where a server lets one choose. */
  readonly detail?: 'auto' | 'low' | 'high'
  /** What is said in a recording, where the server tells. */
  readonly transcript?: string
  readonly opaque?: Opaque
}

/** A model's wish to run a tool. */
export interface ToolCall {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  /** The arguments, or undefined where the model's text was no JSON object; then `raw` holds it. */
  readonly input: Readonly<Record<string, unknown>> | undefined
  readonly raw?: string
  readonly opaque?: Opaque
}

/** What a tool gave back for the call with the same `id`. */
export interface ToolResult {
  readonly type: 'tool-result'
  readonly id: string
  readonly name: string
  readonly content: string
  /** Pictures, PDFs and the like that the tool gave back beside the text. */
  readonly media?: readonly Media[]
  readonly isError?: boolean
}

/** A value given to or by a model as JSON. */
export interface Json {
  readonly type: 'json'
  readonly value: unknown
}

/** A source that an answer rests on. */
export interface Citation {
  readonly type: 'citation'
  readonly url: string
  readonly title?: string
}

/** What a provider did on its own side while it answered: a search, a page it read, code it ran. Never run here. */
export interface ServerTool {
  readonly type: 'server-tool'
  /** The provider's name for it, such as `web_search`. */
  readonly name: string
  /** What it was asked for, in words or as JSON, where the provider tells. */
  readonly input?: unknown
  /** The provider's own record of it, call or result, to be handed back in later turns. */
  readonly opaque?: Opaque
}

/** One piece of a turn. */
export type Content = Text | Thinking | Media | ToolCall | ToolResult | ServerTool | Json | Citation

/** The error for an uploaded file in a prompt to a server that has no way to be given one. */
export const elsewhere = (fileId: string | undefined): TypeError =>
  new TypeError(`the file ${fileId} cannot be given to this server by its id: pass the file itself`)

/** The URL a server can read a medium from: its own, or a data URL made of its bytes. */
export function urlOf(media: Media): string {
  return media.url ?? `data:${media.mimeType};base64,${media.data ?? ''}`
}

/**
 * A document as text that names it: how every model can be given one.
 * @throws TypeError for one that only the provider has to whom it was uploaded
 */
export function documentText({ name = 'document', data, url, fileId }: Media): string {
  if (data === undefined && url === undefined) throw elsewhere(fileId)
  const text = data === undefined ? (url ?? '') : new TextDecoder().decode(fromBase64(data))
  // A document must not be able to end itself and go on as if it were the person who sent it.
  let tag = 'document'
  for (const [end] of text.matchAll(/<\/document(?:-text)*/gi)) {
    if (end.length >= `</${tag}`.length) tag = `${end.slice(2).toLowerCase()}-text`
  }
  return `<${tag} name="${name.replace(/["<>\s]+/g, ' ')}">\n${text.replace(/\n$/, '')}\n</${tag}>`
}
