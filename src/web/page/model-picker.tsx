import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { ModelsView } from '../protocol.ts'
import * as api from './api.ts'
import { Dialog } from './dialog.tsx'
import { count, dollars } from './figures.ts'
import { Icon } from './icons.tsx'
import { changeSettings, report, settings, state } from './session.ts'

/** Whether models are being chosen from. */
export const isPicking = signal(false)

/** More are not listed: who has hundreds will search. */
const MOST = 120
type Model = ModelsView[number]

/** Chooses whom to ask: a provider, and one of its models by what it can do and what it costs. */
export function ModelPicker(): JSX.Element {
  const providers = state.value?.providers ?? []
  const shown = settings.value.model
  const [provider, setProvider] = useState(shown.slice(0, shown.indexOf('/')))
  const [words, setWords] = useState('')
  const [active, setActive] = useState(0)
  const models = useModels(provider)
  const id = useId()
  const list = useRef<HTMLUListElement>(null)
  const close = (): void => {
    isPicking.value = false
  }
  const wanted = words.toLowerCase().split(/\s+/)
  const found = models.list.filter((model) =>
    wanted.every((word) => `${model.id} ${model.name ?? ''}`.toLowerCase().includes(word)),
  )
  const isNew = words.trim() !== '' && !found.some((model) => model.id === words.trim())
  const rows: readonly Model[] = [
    ...found.slice(0, MOST),
    ...(isNew ? [{ id: words.trim(), capabilities: {} }] : []),
  ]
  const choose = async (model: string): Promise<void> => {
    if (await report(changeSettings({ model: `${provider}/${model}` }))) close()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const row = rows[active]
    if (step !== undefined && rows.length > 0) {
      const next = (active + step + rows.length) % rows.length
      setActive(next)
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter' && row) void choose(row.id)
    else return
    event.preventDefault()
  }
  const chosen = providers.find((one) => one.id === provider)
  return (
    <Dialog title="Choose a model" onClose={close} class="picker">
      <div class="picker-row">
        <select
          aria-label="Provider"
          value={provider}
          onChange={({ currentTarget }) => {
            setProvider(currentTarget.value)
            setActive(0)
          }}
        >
          {providers.map((one) => (
            <option value={one.id} key={one.id}>
              {one.isReady ? one.name : `${one.name} (needs a key)`}
            </option>
          ))}
        </select>
        <input
          type="text"
          role="combobox"
          aria-label="Search models"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={rows[active] ? `${id}-${active}` : undefined}
          placeholder="Search models, or type an id"
          autofocus
          value={words}
          onInput={({ currentTarget }) => {
            setWords(currentTarget.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {chosen && !chosen.isReady && <p class="note">{chosen.hint ?? 'This provider needs a key.'}</p>}
      {models.problem && (
        <p class="note" role="alert">
          {models.problem}
        </p>
      )}
      <ul class="models" role="listbox" id={id} ref={list} aria-label="Models" tabIndex={-1}>
        {rows.map((model, index) => (
          <li
            key={model.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onClick={() => void choose(model.id)}
            onPointerMove={() => setActive(index)}
          >
            <ModelRow
              model={model}
              isShown={`${provider}/${model.id}` === shown}
              isNew={isNew && index === rows.length - 1}
            />
          </li>
        ))}
      </ul>
      {found.some(({ prices }) => prices) && (
        <p class="picker-foot">Prices in US dollars for a million tokens read, and written</p>
      )}
      {models.isLoading && <p class="picker-foot">Asking for the models…</p>}
      {found.length > MOST && <p class="picker-foot">{found.length - MOST} more: search for them</p>}
    </Dialog>
  )
}

function ModelRow({
  model,
  isShown,
  isNew,
}: {
  readonly model: Model
  readonly isShown: boolean
  readonly isNew: boolean
}): JSX.Element {
  const { id, name, capabilities, contextLength, prices } = model
  const abilities = [
    capabilities.tools && 'tools',
    capabilities.image && 'pictures',
    capabilities.structured && 'schemas',
  ].filter((ability) => typeof ability === 'string')
  return (
    <>
      <span class="model-name">
        {isNew ? `Use \u201c${id}\u201d` : (name ?? id)}
        {isShown && <Icon name="check" />}
      </span>
      {name !== undefined && name !== id && <span class="model-id">{id}</span>}
      <span class="model-facts">
        {abilities.map((ability) => (
          <span class="chip" key={ability}>
            {ability}
          </span>
        ))}
        {contextLength !== undefined && <span>{count(contextLength)} context</span>}
        {prices && (
          <span title="US dollars for a million tokens read, and written">
            {dollars(prices.input)} / {dollars(prices.output)}
          </span>
        )}
      </span>
    </>
  )
}

function useModels(provider: string): {
  readonly list: ModelsView
  readonly isLoading: boolean
  readonly problem?: string
} {
  const [models, setModels] = useState<{ list: ModelsView; isLoading: boolean; problem?: string }>({
    list: [],
    isLoading: true,
  })
  useEffect(() => {
    const abort = new AbortController()
    setModels({ list: [], isLoading: true })
    api.getModels(provider, abort.signal).then(
      (list) => setModels({ list, isLoading: false }),
      (error: unknown) => {
        if (!abort.signal.aborted)
          setModels({ list: [], isLoading: false, problem: api.viewOf(error).message })
      },
    )
    return () => abort.abort()
  }, [provider])
  return models
}
