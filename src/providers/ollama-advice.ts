import type { ChatError } from '../core/errors.ts'
import type { Asking } from './provider.ts'

/** What to do about an error of Ollama: it mostly does not run, or has not pulled the model. */
export function advice({ code, message }: ChatError, { url }: Asking): string | undefined {
  if (code === 'connection' && /refused/.test(message))
    return `Start it with \`ollama serve\`, or open its app; where it runs elsewhere than at ${new URL(url).origin}, pass baseUrl.`
  const [, model] = /model ['"]?([^'"\s]+)['"]? not found/i.exec(message) ?? []
  return model === undefined ? undefined : `Pull the model first: \`ollama pull ${model}\``
}
