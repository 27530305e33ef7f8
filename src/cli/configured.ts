import type { PromptTemplate } from '../core/config.ts'
import type { Params } from '../core/params.ts'
import { distance } from '../lib/edit-distance.ts'
import { UsageError } from './failure.ts'
import { localModel } from './local-option.ts'
import { Settings, templateOf } from './settings.ts'
import type { AskTask } from './task.ts'

/**
 * A task with what the config files say where the command line and the environment say nothing.
 * @throws UsageError for a file that is not right, or a template there is none of
 */
export async function configured(task: AskTask): Promise<AskTask> {
  return configuredBy(await Settings.read(task.config), task)
}

/**
 * The same by files that are read already.
 * @throws UsageError for a template there is none of
 */
export function configuredBy(settings: Settings, task: AskTask): AskTask {
  const name = task.template
  const template = name === undefined ? undefined : templateIn(settings, name)
  const isGivenServer = task.local !== undefined || task.baseUrl !== undefined
  // A conversation that is gone on with has a model, a system prompt and parameters.
  const isNew = task.resumed === undefined
  const model =
    task.model ??
    (isGivenServer ? undefined : (template?.model ?? (isNew ? settings.one('model')?.value : undefined)))
  const known: Params = isNew
    ? Object.fromEntries([...settings.all('params')].map(([key, { value }]) => [key, value]))
    : {}
  return {
    ...task,
    ...placedIn(settings, model, task),
    system: task.system ?? template?.system ?? (isNew ? settings.one('system')?.value : undefined),
    params: { ...known, ...template?.params, ...task.params },
    ...(name !== undefined && template && { prompt: { name, text: template.prompt } }),
    ...(settings.tools.length > 0 && { tools: settings.tools.map(({ value }) => value) }),
  }
}

/** An alias may stand for a model of this machine, too. */
function placedIn(
  settings: Settings,
  model: string | undefined,
  { local, baseUrl }: AskTask,
): Pick<AskTask, 'model' | 'local'> {
  const meant = model === undefined ? undefined : (settings.all('aliases').get(model)?.value ?? model)
  const file = meant === model || baseUrl !== undefined ? undefined : localModel(meant ?? '')
  return file === undefined ? { model: meant, local } : { model: undefined, local: file }
}

function templateIn(settings: Settings, name: string): PromptTemplate {
  const all = settings.all('templates')
  const found = all.get(name)
  if (found) return templateOf(found.value)
  const names = [...all.keys()].toSorted((a, b) => distance(a, name) - distance(b, name))
  throw new UsageError(
    names.length > 0
      ? `there is no template ${name}; there is ${names.join(', ')}`
      : `there is no template ${name}, for no config file has templates; natter config says which are read`,
  )
}
