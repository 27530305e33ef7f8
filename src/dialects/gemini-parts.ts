import type { Media } from '../core/content.ts'
import type { Delta } from '../core/delta.ts'
import { isObject } from '../lib/merge.ts'
import { markOf, marked } from './gemini-opaque.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Reads bytes or a file that a part holds; one without either means nothing. */
export function readMedia(
  { mimeType }: JsonObject,
  { data, fileId }: { readonly data?: unknown; readonly fileId?: unknown },
  part: JsonObject,
  out: Delta[],
): void {
  const type = typeof mimeType === 'string' ? mimeType : 'application/octet-stream'
  const opaque = markOf(part)
  const media: Media = {
    type: 'media',
    kind: kindOf(type),
    mimeType: type,
    ...(typeof data === 'string' && { data }),
    ...(typeof fileId === 'string' && { fileId }),
    ...(opaque && { opaque }),
  }
  if ((media.data ?? media.fileId) !== undefined) out.push({ type: 'media', media })
}

function kindOf(type: string): Media['kind'] {
  if (type === 'application/pdf') return 'pdf'
  const [kind] = type.split('/')
  return kind === 'image' || kind === 'audio' ? kind : 'document'
}

/** Code that the server ran, or another tool of its own; each goes back as it came. */
export function readServerTool(part: JsonObject, out: Delta[]): void {
  const { executableCode: code, codeExecutionResult: result, toolCall, toolResponse } = part
  const tool = isObject(toolCall) ? toolCall : isObject(toolResponse) ? toolResponse : undefined
  const named = typeof tool?.toolType === 'string' ? tool.toolType : 'tool'
  const name = isObject(code) || isObject(result) ? 'code_execution' : tool ? named : undefined
  if (name === undefined) return
  const input = isObject(code) ? code : isObject(toolCall) ? toolCall.args : undefined
  out.push({
    type: 'server-tool',
    tool: { type: 'server-tool', name, ...(input !== undefined && { input }), opaque: marked({ part }) },
  })
}
