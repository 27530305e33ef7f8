import { columnsOf } from './compare-columns.ts'
import { type Compared, answerOf } from './compared.ts'
import { configured } from './configured.ts'
import { UsageError } from './failure.ts'
import { gather } from './input.ts'
import { clearProgress, showProgress } from './io.ts'
import type { CompareTask } from './task.ts'

/** Asks several models the same, shows what they answer, and gives the exit code: 0 where one has answered. */
export async function compare({ models, ask }: CompareTask): Promise<number> {
  const tasks = await Promise.all(models.map((model) => configured({ ...ask, model })))
  const prompt = await gather(ask)
  if (prompt === 'conversation') throw new UsageError('what shall they be asked? natter compare … "prompt"')
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const words = models.map(() => 0)
  const showHowFar = (): void =>
    showProgress(models.map((model, at) => `${model}: ${words[at] || 'waiting'}`).join(' · '))
  showHowFar()
  const all = await Promise.all(
    tasks.map((task, at) =>
      answerOf(models[at] ?? '', task, prompt, stop.signal, (text) => {
        words[at]! += text.split(/\s+/).length
        showHowFar()
      }),
    ),
  )
  clearProgress()
  const { stdout } = process
  if (ask.json) stdout.write(all.map((one) => `${JSON.stringify(record(one))}\n`).join(''))
  else stdout.write(`${columnsOf(all, stdout.isTTY ? stdout.columns : 0)}\n`)
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
