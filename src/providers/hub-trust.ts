const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** Whether the key of a person's account may be sent to a Hub at this address: to huggingface.co over TLS, and to this machine. */
export const isTrustedHub = (url: string): boolean => {
  const { hostname, protocol } = new URL(url)
  return LOOPBACK.test(hostname) || (protocol === 'https:' && /^(?:huggingface\.co|hf\.co)$/.test(hostname))
}
