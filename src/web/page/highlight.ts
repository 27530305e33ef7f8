// Colours for code, worked out beside the page so that neither typing nor scrolling waits for them.

/** A stretch of code, and what it is. */
export interface Paint {
  readonly text: string
  /** The class of its colour. */
  readonly kind?: string
}

/** What the worker is asked, and what it answers. */
export interface PaintRequest {
  readonly id: number
  readonly lang: string
  readonly code: string
}

/** `paints` is absent where the language is not known. */
export interface PaintReply {
  readonly id: number
  readonly paints?: readonly Paint[]
}

let worker: Worker | undefined
let count = 0
const waiting = new Map<number, (paints: readonly Paint[] | undefined) => void>()

/** Code in its colours; undefined where its language is not known. */
export function paint(lang: string, code: string): Promise<readonly Paint[] | undefined> {
  worker ??= start()
  const id = count++
  const request: PaintRequest = { id, lang, code }
  return new Promise((resolve) => {
    waiting.set(id, resolve)
    worker?.postMessage(request)
  })
}

function start(): Worker {
  const started = new Worker(new URL('./highlight-worker.ts', import.meta.url), { type: 'module' })
  started.addEventListener('message', ({ data }: MessageEvent<PaintReply>) => {
    waiting.get(data.id)?.(data.paints)
    waiting.delete(data.id)
  })
  // Without colours code can be read as well.
  started.addEventListener('error', () => {
    for (const resolve of waiting.values()) resolve(undefined)
    waiting.clear()
  })
  return started
}
