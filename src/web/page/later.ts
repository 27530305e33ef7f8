// Work that can wait: the last first, for a conversation is read from its end.

/** How long the page may be held up before it is first shown, and by each slice afterwards, in milliseconds. */
const AT_ONCE = 24
const SLICE = 6

let waiting: (() => void)[] = []
let isPlanned = false

/** Does something soon; what it gives takes it back. */
export function later(work: () => void): () => void {
  waiting.push(work)
  if (!isPlanned) {
    isPlanned = true
    // After all that is made together, and before it is painted.
    queueMicrotask(() => run(AT_ONCE))
  }
  return () => {
    waiting = waiting.filter((other) => other !== work)
  }
}

function run(budget: number): void {
  const end = performance.now() + budget
  do waiting.pop()?.()
  while (waiting.length > 0 && performance.now() < end)
  isPlanned = waiting.length > 0
  if (isPlanned) whenIdle(() => run(SLICE))
}

const whenIdle = (work: () => void): void => {
  // Safari has no idle time to tell of.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 500 })
  else setTimeout(work, 16)
}
