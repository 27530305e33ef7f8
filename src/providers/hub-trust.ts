import { isLoopback } from './trust.ts'

/** Whether the key of a person's account may be sent to a Hub at this address: to huggingface.co over TLS, and to this machine. */
export const isTrustedHub = (address: string): boolean => {
  const url = new URL(address)
  return isLoopback(url) || (url.protocol === 'https:' && /^(?:huggingface\.co|hf\.co)$/.test(url.hostname))
}
