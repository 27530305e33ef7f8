import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Params } from '../../core/params.ts'
import { viewOf } from './api.ts'
import { Dialog } from './dialog.tsx'
import { changeSettings, settings, state } from './session.ts'

/** Whether the settings are shown. */
export const isSetting = signal(false)

const NUMBERS = [
  { name: 'temperature', label: 'Temperature', hint: 'How random, 0 or more', step: 0.1, max: 2 },
  { name: 'topP', label: 'Top p', hint: 'The share of likely words, 0 to 1', step: 0.05, max: 1 },
  { name: 'maxTokens', label: 'Longest answer', hint: 'In tokens', step: 1, min: 1 },
  { name: 'seed', label: 'Seed', hint: 'The same seed, the same choice', step: 1 },
] as const
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high']

/** The system prompt and the parameters of the conversation, and the tools its model may call. */
export function SettingsDialog(): JSX.Element {
  const { system = '', params } = settings.value
  const [problem, setProblem] = useState('')
  const effort = typeof params.reasoningEffort === 'string' ? params.reasoningEffort : ''
  const close = (): void => {
    isSetting.value = false
  }
  const save = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form)
    try {
      await changeSettings({ system: textOf(data, 'system'), params: paramsOf(data, params) })
      close()
    } catch (error) {
      setProblem(viewOf(error).message)
    }
  }
  return (
    <Dialog title="Settings of this chat" onClose={close} class="settings">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void save(event.currentTarget)
        }}
      >
        <label class="field">
          System prompt
          <textarea name="system" rows={5} defaultValue={system} placeholder="How the model should behave" />
        </label>
        <div class="fields">
          {NUMBERS.map(({ name, label, hint, ...range }) => (
            <label class="field" key={name}>
              {label}
              <input
                type="number"
                name={name}
                min={name === 'seed' ? undefined : 0}
                {...range}
                placeholder="Default"
                defaultValue={params[name]}
              />
              <small>{hint}</small>
            </label>
          ))}
          <label class="field">
            Thinking
            <select name="reasoningEffort" defaultValue={effort}>
              <option value="">Default</option>
              {[...new Set([...EFFORTS, ...(effort ? [effort] : [])])].map((word) => (
                <option value={word} selected={word === effort} key={word}>
                  {word}
                </option>
              ))}
            </select>
            <small>How hard, where the model can</small>
          </label>
          <label class="field">
            Stop at
            <input
              name="stopSequences"
              placeholder="Nowhere"
              defaultValue={(params.stopSequences ?? []).join(', ')}
            />
            <small>Words that end the answer, with commas</small>
          </label>
        </div>
        {(state.value?.tools.length ?? 0) > 0 && (
          <section class="tool-list">
            <h3>Tools</h3>
            <ul>
              {state.value?.tools.map(({ name, description, needsApproval }) => (
                <li key={name}>
                  <strong>{name}</strong> {description}{' '}
                  {needsApproval && <span class="chip">asks first</span>}
                </li>
              ))}
            </ul>
          </section>
        )}
        {problem && (
          <p class="note" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const textOf = (data: FormData, name: string): string => String(data.get(name) ?? '').trim()

/** The parameters of the form; those it has no field for stay. */
function paramsOf(data: FormData, before: Params): Params {
  const params: Record<string, unknown> = { ...before }
  const set = (name: string, value: unknown): void => {
    if (value === undefined) delete params[name]
    else params[name] = value
  }
  for (const { name } of NUMBERS) {
    const text = textOf(data, name)
    set(name, text === '' ? undefined : Number(text))
  }
  set('reasoningEffort', textOf(data, 'reasoningEffort') || undefined)
  const stops = textOf(data, 'stopSequences')
    .split(',')
    .map((word) => word.trim())
  const words = stops.filter((word) => word !== '')
  set('stopSequences', words.length > 0 ? words : undefined)
  return params
}
