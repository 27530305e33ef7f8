import { isTrustedHub } from '../providers/hub-trust.ts'
import { hubUrl } from '../providers/hub.ts'
import { type SessionBill, sessionBill } from '../providers/huggingface-billing.ts'
import type { Session } from './session.ts'

/** A chat that was saved may have begun in the month before; in milliseconds. */
const MONTH = 31 * 24 * 60 * 60_000

/**
 * What Hugging Face has booked for the requests of a session.
 * @param until when the last of them ended, in milliseconds since 1970
 * @throws TypeError where there is nothing to look for, or nobody who may be asked; ChatError
 */
export async function billOf({ line }: Session, until: number | undefined): Promise<SessionBill> {
  const { provider, headers, fetch } = line
  if (provider.id !== 'huggingface')
    throw new TypeError(`bill() reads the bill of Hugging Face: this chat is with ${provider.name}`)
  const sessionId = headers['x-hf-session-id']
  if (sessionId === undefined)
    throw new TypeError(
      'bill() finds the requests of this chat by their id: pass sessionId: true to chatHuggingFace',
    )
  if (!isTrustedHub(hubUrl()))
    throw new TypeError(`bill() sends the key to huggingface.co only: HF_ENDPOINT is ${hubUrl()}`)
  const { authorization } = await line.authorize({ method: 'GET', url: hubUrl(), headers: {}, body: '' })
  // The key of a server of one's own is none of the Hub's business.
  const isAccount = line.baseUrl === provider.baseUrl || authorization?.startsWith('Bearer hf_')
  if (authorization === undefined || !isAccount)
    throw new TypeError(
      'bill() needs the token of an account at Hugging Face: this chat has another key, or none',
    )
  return sessionBill({
    sessionId,
    organisation: headers['x-hf-bill-to'],
    since: performance.timeOrigin - MONTH,
    until,
    authorize: () => ({ authorization }),
    fetch,
  })
}
