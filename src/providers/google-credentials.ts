import { env, homePath, joinPath, readText } from '#platform'
import { ChatError } from '../core/errors.ts'
import { isObject } from '../lib/merge.ts'
import { fileSection } from './file-section.ts'
import { parsedJson } from '../lib/parsed-json.ts'

/** What to do where there are no credentials; a sentence to be ended. */
export const LOGIN = 'Run `gcloud auth application-default login`'

/** Where Google Cloud's credentials and project are looked for. */
export interface GooglePlaces {
  /** A file of credentials. @default `GOOGLE_APPLICATION_CREDENTIALS`, else that of `gcloud auth application-default login` */
  readonly keyFile?: string | undefined
  /** @default `GOOGLE_CLOUD_PROJECT`, `GCLOUD_PROJECT`, the file's, or the one set in gcloud */
  readonly project?: string | undefined
}

/** A file of credentials. https://cloud.google.com/docs/authentication/application-default-credentials */
export interface GoogleFile {
  readonly path: string
  /** Such as `service_account` or `authorized_user`. */
  readonly type: string
  /** A text field; undefined where it is absent or empty. */
  readonly field: (name: string) => string | undefined
}

/**
 * The file of credentials; undefined where none is named and gcloud has made none.
 * @throws ChatError `no-key` where a file that is named cannot be read, or is no such file
 */
export function googleFile({ keyFile }: GooglePlaces = {}): GoogleFile | undefined {
  const named = keyFile ?? env('GOOGLE_APPLICATION_CREDENTIALS')
  const path = named ?? joinPath(gcloudFolder(), 'application_default_credentials.json')
  const text = readText(path)
  if (text === undefined && named === undefined) return undefined
  const fields = text === undefined ? undefined : parsedJson(text)
  const type = isObject(fields) ? fields.type : undefined
  if (isObject(fields) && typeof type === 'string') {
    const field = (name: string): string | undefined => {
      const value = fields[name]
      return typeof value === 'string' && value !== '' ? value : undefined
    }
    return { path, type, field }
  }
  const which =
    keyFile === undefined && named !== undefined ? ', which GOOGLE_APPLICATION_CREDENTIALS names,' : ''
  const why = text === undefined ? 'cannot be read' : 'is no file of Google Cloud credentials'
  throw new ChatError(`${path}${which} ${why}. ${LOGIN}.`, {
    code: 'no-key',
  })
}

/**
 * The project to ask in.
 * @throws TypeError where none is known, or it is no project's id
 * @throws ChatError `no-key` where a file of credentials that is named cannot be read
 */
export function googleProject(places: GooglePlaces = {}): string {
  const found =
    places.project ??
    env('GOOGLE_CLOUD_PROJECT') ??
    env('GCLOUD_PROJECT') ??
    googleFile(places)?.field('project_id') ??
    env('CLOUDSDK_CORE_PROJECT') ??
    gcloudProject() ??
    googleFile(places)?.field('quota_project_id')
  if (found === undefined)
    throw new TypeError(
      'no Google Cloud project is known: pass project, set GOOGLE_CLOUD_PROJECT, or run `gcloud config set project PROJECT`',
    )
  // It becomes a part of the path.
  if (!/^[a-z\d][\w.:-]*$/i.test(found))
    throw new TypeError(`project must be a project's id: it is ${JSON.stringify(found)}`)
  return found
}

/** Where gcloud keeps its settings. https://cloud.google.com/sdk/docs/configurations */
export function gcloudFolder(): string {
  const roaming = env('APPDATA')
  return env('CLOUDSDK_CONFIG') ?? (roaming ? joinPath(roaming, 'gcloud') : homePath('.config', 'gcloud'))
}

function gcloudProject(): string | undefined {
  const folder = gcloudFolder()
  const name =
    env('CLOUDSDK_ACTIVE_CONFIG_NAME') ?? (readText(joinPath(folder, 'active_config'))?.trim() || 'default')
  const text = readText(joinPath(folder, 'configurations', `config_${name}`))
  return (text && fileSection(text, 'core')?.get('project')) || undefined
}
