import type { JSX } from 'preact'
import type { ErrorView } from '../protocol.ts'
import { Icon } from './icons.tsx'
import { failure } from './session.ts'

/** What went wrong, what to do, and a button that tries again. */
export const FailureCard = ({
  error,
  retry,
}: {
  readonly error: ErrorView
  readonly retry?: () => void
}): JSX.Element => (
  <div class="failure" role="alert">
    <Icon name="alert" />
    <div>
      <p class="failure-text">{error.message}</p>
      <p class="failure-code">{error.code}</p>
      <div class="failure-buttons">
        {retry && (
          <button type="button" class={`button ${error.mayPass ? 'primary' : ''}`} onClick={retry}>
            Try again
          </button>
        )}
        <button type="button" class="button" onClick={() => (failure.value = undefined)}>
          Dismiss
        </button>
      </div>
    </div>
  </div>
)
