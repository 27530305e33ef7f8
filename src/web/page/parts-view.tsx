import type { JSX } from 'preact'
import type { Citation, Content, ToolResult } from '../../core/content.ts'
import type { GrowingText, LivePart, LiveRun } from './live-run.ts'
import { anchorProps } from './links.ts'
import { Icon } from './icons.tsx'
import { MarkdownView } from './markdown-view.tsx'
import { MediaView } from './media-view.tsx'
import { ToolCard } from './tool-card.tsx'

interface PartsProps {
  readonly parts: readonly Part[]
  readonly results: ReadonlyMap<string, ToolResult>
  readonly run: LiveRun | undefined
}

/** A part of an answer that is whole, in the shape of one that grows. */
export type Part = LivePart | { readonly type: 'text' | 'thinking' | 'refusal'; readonly text: string }

/** The parts of one round of an answer, in the order they came. */
export function PartsView({ parts, results, run }: PartsProps): JSX.Element {
  const citations = parts.flatMap((part) =>
    'content' in part && part.content.type === 'citation' ? [part.content] : [],
  )
  return (
    <>
      {parts.map((part, index) => {
        if ('content' in part)
          return <ContentView content={part.content} results={results} run={run} key={index} />
        if (part.type === 'text') return <MarkdownView text={part.text} key={index} />
        if (part.type === 'thinking')
          return (
            <Thinking text={part.text} isLast={run !== undefined && index === parts.length - 1} key={index} />
          )
        return <Refusal text={part.text} key={index} />
      })}
      {citations.length > 0 && <Sources citations={citations} />}
    </>
  )
}

/** The contents of a turn as parts. */
export const partsOf = (contents: readonly Content[]): readonly Part[] =>
  contents.flatMap((content): readonly Part[] => {
    if (content.type !== 'text' && content.type !== 'thinking') return [{ type: 'content', content }]
    return content.text === '' ? [] : [{ type: content.type, text: content.text }]
  })

function Thinking({
  text,
  isLast,
}: {
  readonly text: string | GrowingText
  readonly isLast: boolean
}): JSX.Element {
  return (
    <details class="thinking">
      <summary>
        <Icon name="right" />
        <span class={isLast ? 'shimmer' : ''}>{isLast ? 'Thinking' : 'Thoughts'}</span>
      </summary>
      <MarkdownView text={text} />
    </details>
  )
}

const Refusal = ({ text }: { readonly text: string | GrowingText }): JSX.Element => (
  <div class="refusal" role="note">
    <MarkdownView text={text} />
  </div>
)

function ContentView({
  content,
  results,
  run,
}: Omit<PartsProps, 'parts'> & { readonly content: Content }): JSX.Element | null {
  switch (content.type) {
    case 'tool-call':
      return <ToolCard call={content} result={results.get(content.id)} run={run} />
    case 'media':
      return <MediaView media={content} />
    case 'server-tool':
      return (
        <p class="server-tool">
          <Icon name="tool" /> <span>{content.name}</span>{' '}
          {content.input !== undefined && <code>{brief(content.input)}</code>}
        </p>
      )
    case 'json':
      return (
        <pre class="tool-text" tabIndex={0} role="group" aria-label="Data">
          {JSON.stringify(content.value, null, 2)}
        </pre>
      )
    default:
      return null
  }
}

const brief = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200)

const Sources = ({ citations }: { readonly citations: readonly Citation[] }): JSX.Element => (
  <details class="sources">
    <summary>
      <Icon name="right" />
      {citations.length === 1 ? '1 source' : `${citations.length} sources`}
    </summary>
    <ol>
      {citations.map(({ url, title }, index) => {
        const props = anchorProps(url)
        return <li key={index}>{props ? <a {...props}>{title ?? url}</a> : (title ?? url)}</li>
      })}
    </ol>
  </details>
)
