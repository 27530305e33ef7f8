import { columnsOf } from './compare-columns.ts'
import { type Compared, answerOf } from './compared.ts'
import { configuredBy } from './configured.ts'
import { LiveArea } from './console/live-area.ts'
import { UsageError } from './failure.ts'
import { gather } from './input.ts'
import { Settings } from './settings.ts'
import type { CompareTask } from './task.ts'

/** How often the answers are drawn while they come, in milliseconds. */
const EVERY = 100

/** Asks several models the same, shows what they answer as it comes, and gives the exit code: 0 where one has answered. */
export async function compare({ models, ask }: CompareTask): Promise<number> {
  const settings = await Settings.read(ask.config)
  const tasks = models.map((model) => configuredBy(settings, { ...ask, model }))
  const prompt = await gather(ask)
  if (prompt === 'conversation') throw new UsageError('what shall they be asked? natter compare … "prompt"')
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const { stdout } = process
  const area = stdout.isTTY && !ask.json ? new LiveArea(stdout) : undefined
  const soFar: Compared[] = models.map((model) => ({ model, text: '…', duration: 0 }))
  const draw = (): void => area?.update([], columnsOf(soFar, stdout.columns).split('\n'))
  draw()
  const timer = setInterval(draw, EVERY)
  const all = await Promise.all(
    tasks.map((task, at) =>
      answerOf(models[at] ?? '', task, prompt, stop.signal, (now) => {
        soFar[at] = now
      }),
    ),
  )
  clearInterval(timer)
  if (ask.json) stdout.write(all.map((one) => `${JSON.stringify(record(one))}\n`).join(''))
  else if (area) area.update(columnsOf(all, stdout.columns).split('\n'), [])
  else stdout.write(`${columnsOf(all)}\n`)
  if (stop.signal.aborted) return 130
  return all.some(({ turn }) => turn) ? 0 : 1
}

const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms))

const record = ({ model, text, turn, error, firstText, duration }: Compared): object => ({
  model,
  text,
  error: error ?? null,
  servedBy: turn?.servedBy ?? null,
  finish: turn?.finish ?? null,
  firstText: rounded(firstText),
  duration: rounded(duration),
  usage: turn?.usage ?? null,
  cost: turn?.cost ?? null,
})
