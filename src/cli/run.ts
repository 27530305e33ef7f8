import { readTask } from './args.ts'
import type { AskTask } from './task.ts'
import type { Task } from './tasks.ts'
import { note, reportWarnings, surviveClosedPipes } from './io.ts'
import { type Failure, failureOf } from './failure.ts'

/**
 * Runs one command line and gives its exit code: 0 all went well, 1 the model or the network failed, 2 wrong use, 130 stopped
 * by Ctrl-C. Nothing is loaded that the task does not need, so that `--help` is quick.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const isDebug = argv.includes('--debug')
  surviveClosedPipes()
  reportWarnings(isDebug)
  try {
    return await perform(readTask(argv))
  } catch (error) {
    return report(failureOf(error), isDebug)
  }
}

async function perform(task: Task): Promise<number> {
  switch (task.type) {
    case 'ask':
      return answer(task)
    case 'compare':
      return (await import('./compare.ts')).compare(task)
    case 'completion':
      return (await import('./completion.ts')).completion(task)
    case 'map':
      return (await import('./map.ts')).map(await withConfig(task))
    case 'worker':
      return (await import('./worker.ts')).worker(task)
    case 'queue-add':
      return (await import('./queue.ts')).queue(await withConfig(task))
    case 'queue-results':
    case 'queue-status':
    case 'queue-retry':
    case 'queue-remove':
      return (await import('./queue.ts')).queue(task)
    case 'batch-submit':
      return (await import('./batch-submit.ts')).submitBatch(await withConfig(task))
    case 'batch-status':
    case 'batch-cancel':
      return (await import('./batch-status.ts')).batchStatus(task)
    case 'batch-fetch':
      return (await import('./batch-fetch.ts')).fetchBatch(task)
    case 'serve':
      return (await import('./serve.ts')).serve(task)
    case 'web':
      return (await import('./web.ts')).web(await withConfig(task))
    case 'sessions':
      return (await import('./sessions.ts')).sessions(task)
    case 'config':
      return (await import('./config.ts')).config(task)
    case 'templates':
      return (await import('./templates.ts')).templates(task)
    case 'login':
      return (await import('./login.ts')).login(task)
    case 'logout':
      return (await import('./logout.ts')).logout()
    case 'providers':
      return (await import('./providers.ts')).providers(task.json)
    case 'whoami':
      return (await import('./whoami.ts')).whoami(task)
    case 'models':
      return (await import('./models.ts')).models(task)
    case 'forget':
      return (await import('./forget.ts')).forget(task)
    case 'doctor':
      return (await import('./doctor.ts')).doctor(task)
  }
}

/** With what the config files say of who answers. */
async function withConfig<T extends { readonly ask: AskTask }>(task: T): Promise<T> {
  const { configured } = await import('./configured.ts')
  return { ...task, ask: await configured(task.ask) }
}

async function answer(asked: AskTask): Promise<number> {
  const { ask: task } = await withConfig({ ask: asked })
  const { gather } = await import('./input.ts')
  const input = await gather(task)
  if (input === 'conversation') return (await import('./converse.ts')).converse(task)
  return (await import('./once.ts')).once(task, input)
}

function report({ message, exitCode, stack }: Failure, isDebug: boolean): number {
  if (message) note(message, 'error')
  if (isDebug && stack) process.stderr.write(`${stack}\n`)
  return exitCode
}
