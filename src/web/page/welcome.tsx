import type { JSX } from 'preact'
import { Icon } from './icons.tsx'
import { settings, state } from './session.ts'

/** What stands where nothing was said yet. */
export const Welcome = (): JSX.Element => (
  <div class="welcome">
    <h2>What is on your mind?</h2>
    <p>
      You talk to <strong>{settings.value.model}</strong>.
      {settings.value.system && ' It has a system prompt.'}
    </p>
    {(state.value?.tools.length ?? 0) > 0 && (
      <ul class="welcome-tools" aria-label="Tools">
        {state.value?.tools.map(({ name, description, needsApproval }) => (
          <li key={name} title={description}>
            <Icon name="tool" />
            {name}
            {needsApproval && <small>asks first</small>}
          </li>
        ))}
      </ul>
    )}
  </div>
)
