import { effect } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { GrowingMarkdown, showMarkdown } from './growing-markdown.ts'
import { later } from './later.ts'
import type { GrowingText } from './live-run.ts'

/** A text in Markdown, whole or growing. A growing one that becomes whole keeps the nodes it has. */
export function MarkdownView({ text }: { readonly text: string | GrowingText }): JSX.Element {
  const root = useRef<HTMLDivElement>(null)
  const grown = useRef<GrowingMarkdown | undefined>(undefined)
  useLayoutEffect(() => {
    const element = root.current
    if (!element) return undefined
    if (typeof text === 'string') {
      const before = grown.current
      grown.current = undefined
      before?.finish()
      if (before?.text === text) return undefined
      element.textContent = text
      return later(() => showMarkdown(element, text))
    }
    const growing = new GrowingMarkdown(element)
    grown.current = growing
    let shown = 0
    return effect(() => {
      const { value } = text.count
      growing.append(text.pieces.slice(shown, value).join(''))
      shown = value
    })
  }, [text])
  return <div class="prose" ref={root} />
}
