// A React hook over the client: `const { turns, draft, isAnswering, error, ask, stop } = useChat('/chat')`.
import type { RunEvent } from 'natter/web'
import { useMemo, useState } from 'react'
import { connect } from './web-client.js'

export interface ChatState {
  readonly turns: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[]
  /** The answer so far. */
  readonly draft: string
  readonly isAnswering: boolean
  readonly error?: string
  /** Calls of tools that wait for a decision. */
  readonly approvals: readonly Extract<RunEvent, { type: 'approval' }>[]
}

export const EMPTY: ChatState = { turns: [], draft: '', isAnswering: false, approvals: [] }

/** The state after a question. */
export const asked = ({ turns }: ChatState, text: string): ChatState => ({
  ...EMPTY,
  turns: [...turns, { role: 'user', text }],
  isAnswering: true,
})

/** The state after an event. */
export function told(state: ChatState, event: RunEvent): ChatState {
  switch (event.type) {
    case 'text':
      return { ...state, draft: state.draft + event.text }
    case 'approval':
      return { ...state, approvals: [...state.approvals, event] }
    case 'turn': {
      const { role, contents } = event.node.turn
      const text = contents.map((content) => (content.type === 'text' ? content.text : '')).join('')
      const turns = text === '' ? state.turns : [...state.turns, { role, text }]
      return { ...state, draft: '', turns }
    }
    case 'error':
      return { ...state, error: event.error.message }
    case 'end':
      return { ...state, isAnswering: false, approvals: [] }
    default:
      return state
  }
}

/** One conversation with the handler at an address. */
export function useChat(address: string) {
  const [state, setState] = useState(EMPTY)
  const client = useMemo(
    () => connect(address, (event: RunEvent) => setState((before) => told(before, event))),
    [address],
  )
  const ask = (text: string): void => {
    setState((before) => asked(before, text))
    client.ask(text).catch(({ message }: Error) => {
      setState((before) => ({ ...before, isAnswering: false, error: message }))
    })
  }
  const decide = (id: string, isApproved: boolean): void => {
    setState((before) => ({ ...before, approvals: before.approvals.filter((call) => call.id !== id) }))
    void client.decide(id, isApproved)
  }
  return { ...state, ask, stop: client.stop, decide }
}
