import type { Paint } from './highlight.ts'

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" }

/** What highlight.js writes, as stretches of one colour each: the innermost name wins, as it would in HTML. */
export function paintsOf(html: string): readonly Paint[] {
  const paints: Paint[] = []
  const open: string[] = []
  for (const [part, kind] of html.matchAll(/<span class="([^"]*)">|<\/span>|[^<]+/g)) {
    if (kind !== undefined) open.push(kind)
    else if (part === '</span>') open.pop()
    else {
      const text = part.replace(/&(amp|lt|gt|quot|#x27);/g, (_, name: string) => ENTITIES[name] ?? '')
      const inner = open.findLast((name) => name.startsWith('hljs-'))
      paints.push(inner === undefined ? { text } : { text, kind: inner })
    }
  }
  return paints
}
