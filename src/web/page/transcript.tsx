import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { AnswerView } from './answer-view.tsx'
import { copyCode } from './clipboard.ts'
import { type Exchange, isSame } from './conversation.ts'
import { FailureCard } from './failure-card.tsx'
import { Icon } from './icons.tsx'
import type { LiveRun } from './live-run.ts'
import { QuestionView } from './question-view.tsx'
import { exchanges, failure, isLoading, live, session } from './session.ts'
import { Welcome } from './welcome.tsx'

/** So near to the end a reader counts as following, in pixels. */
const NEAR = 48

/** The conversation. It follows the answer as it grows, as long as the reader stays at its end. */
export function Transcript(): JSX.Element {
  const frame = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const isFollowing = useRef(true)
  const [isAway, setAway] = useState(false)
  const shown = useRef<Shown[]>([])
  const id = session.value?.id
  const run = live.value

  const jump = (): void => {
    const { current } = frame
    if (current) current.scrollTop = current.scrollHeight
    isFollowing.current = true
    setAway(false)
  }
  // A conversation is shown from its end, and who has asked wants to see the answer.
  useLayoutEffect(jump, [id])
  useLayoutEffect(() => {
    if (run) jump()
  }, [run])
  useEffect(() => {
    const { current } = frame
    if (!current || !content.current) return undefined
    let before = 0
    const onScroll = (): void => {
      const { scrollTop, scrollHeight, clientHeight } = current
      const isNear = scrollHeight - scrollTop - clientHeight < NEAR
      // Only the reader scrolls upwards: the page itself goes to the end.
      if (isNear) isFollowing.current = true
      else if (scrollTop < before) isFollowing.current = false
      before = scrollTop
      setAway(!isNear && !isFollowing.current)
    }
    const watcher = new ResizeObserver(() => {
      if (isFollowing.current) current.scrollTop = current.scrollHeight
    })
    watcher.observe(content.current)
    watcher.observe(current)
    current.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      watcher.disconnect()
      current.removeEventListener('scroll', onScroll)
    }
  }, [])

  const list = exchanges.value
  shown.current = list.map((exchange, index) =>
    keep(shown.current[index], exchange, index === list.length - 1 ? run : undefined),
  )
  const isEmpty = list.length === 0 && !run && !isLoading.value && !failure.value
  return (
    <div class="transcript-frame">
      <div
        class="transcript"
        ref={frame}
        tabIndex={0}
        role="region"
        aria-label="Conversation"
        onClick={(event) => void copyCode(event)}
      >
        <div class="column" ref={content}>
          {isEmpty && <Welcome />}
          {shown.current.map(({ view }) => view)}
          {failure.value && <FailureCard {...failure.value} />}
        </div>
      </div>
      {isAway && (
        <button type="button" class="jump" onClick={jump}>
          <Icon name="down" />
          Jump to latest
        </button>
      )}
    </div>
  )
}

interface Shown {
  readonly exchange: Exchange
  readonly run: LiveRun | undefined
  readonly view: JSX.Element
}

/** What is shown of an exchange: the same as before where nothing has changed, so that Preact need not look into it. */
function keep(before: Shown | undefined, exchange: Exchange, run: LiveRun | undefined): Shown {
  if (
    before &&
    before.exchange.key === exchange.key &&
    before.run === run &&
    isSame(before.exchange, exchange)
  )
    return before
  const { question, questionPlace } = exchange
  const view = (
    <article class="exchange" key={exchange.key}>
      {question && <QuestionView node={question} place={questionPlace} />}
      <AnswerView exchange={exchange} run={run} />
    </article>
  )
  return { exchange, run, view }
}
