import type { ClientRequest } from 'node:http'

/** As many bytes at once: enough to fill a fast line, few enough to tell of a slow one. */
const PIECE = 64 * 1024

/**
 * Sends a body piece by piece; `onSent` hears how many bytes the connection has taken so far. Where it breaks, the request's own
 * 'error' tells.
 */
export async function sendPieces(
  outgoing: ClientRequest,
  body: Uint8Array,
  onSent: (bytes: number) => void,
): Promise<void> {
  for (let from = 0; from < body.length; from += PIECE) {
    const piece = body.subarray(from, from + PIECE)
    const error = await new Promise<unknown>((resolve) => outgoing.write(piece, resolve))
    if (error || outgoing.destroyed) return
    onSent(from + piece.length)
  }
  if (!outgoing.destroyed) outgoing.end()
}
