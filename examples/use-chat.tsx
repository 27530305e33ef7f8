// A React hook over the client: `const { turns, draft, isAnswering, error, ask, stop, decide } = useChat('/chat')`.
import { useMemo, useState } from 'react'
import { connect } from './web-client.js'

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly text: string
}

interface State {
  readonly turns: readonly Turn[]
  /** The answer so far. */
  readonly draft: string
  readonly isAnswering: boolean
  readonly error?: string
  /** Calls of tools that wait for a decision. */
  readonly approvals: readonly { readonly id: string; readonly name: string; readonly input: unknown }[]
}

const EMPTY: State = { turns: [], draft: '', isAnswering: false, approvals: [] }

/** The state after an event. */
export function reduce(state: State, event: any): State {
  switch (event.type) {
    case 'text':
      return { ...state, draft: state.draft + event.text }
    case 'approval':
      return { ...state, approvals: [...state.approvals, event] }
    case 'turn': {
      const { role, contents } = event.node.turn
      const text = contents.map((content: any) => (content.type === 'text' ? content.text : '')).join('')
      return {
        ...state,
        draft: '',
        approvals: [],
        turns: text ? [...state.turns, { role, text }] : state.turns,
      }
    }
    case 'error':
      return { ...state, error: event.error.message }
    case 'end':
      return { ...state, isAnswering: false, approvals: [] }
    default:
      return state
  }
}

/** The state after a question. */
export const asked = ({ turns }: State, text: string): State => ({
  ...EMPTY,
  turns: [...turns, { role: 'user', text }],
  isAnswering: true,
})

/** One conversation with the handler at an address. */
export function useChat(address: string) {
  const [state, setState] = useState(EMPTY)
  const client = useMemo(
    () => connect(address, (event: any) => setState((before) => reduce(before, event))),
    [address],
  )
  const ask = (text: string): void => {
    setState((before) => asked(before, text))
    client
      .ask(text)
      .catch((error: Error) =>
        setState((before) => ({ ...before, isAnswering: false, error: error.message })),
      )
  }
  const decide = (id: string, isApproved: boolean): void => {
    setState((before) => ({ ...before, approvals: before.approvals.filter((call) => call.id !== id) }))
    void client.decide(id, isApproved)
  }
  return { ...state, ask, stop: client.stop, decide }
}
