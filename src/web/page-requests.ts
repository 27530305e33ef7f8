import type { ExportFormat } from '../chat/export.ts'
import { isObject } from '../lib/merge.ts'
import { show } from '../lib/option.ts'
import type { RunRequest, SessionPatch, SettingsView } from './protocol.ts'

type Body = Readonly<Record<string, unknown>>

/** The longest name or id in a request, in characters. */
const LONGEST_NAME = 300

/** A member that is text; undefined where it is absent. */
function text(body: Body, name: string, longest = LONGEST_NAME): string | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.length <= longest) return value
  throw new TypeError(`${name} must be a text of at most ${longest} characters.`)
}

const given = <K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> =>
  value === undefined ? {} : ({ [name]: value } as Record<K, T>)

/** @throws TypeError for what is no part of settings; parameters are looked at later, where their names are known */
export function settingsPatch(value: unknown): Partial<SettingsView> {
  if (value === undefined) return {}
  if (!isObject(value)) throw new TypeError(`settings must be an object: it is ${show(value)}`)
  const { params } = value
  if (params !== undefined && !isObject(params)) throw new TypeError('params must be an object.')
  return {
    ...given('model', text(value, 'model')),
    ...given('system', text(value, 'system', Infinity)),
    ...given('params', params),
  }
}

/** @throws TypeError for a member of the wrong type */
export const sessionPatch = (body: Body): SessionPatch => ({
  ...given('title', text(body, 'title', 1000)),
  ...given('head', text(body, 'head')),
  ...(body['settings'] !== undefined && { settings: settingsPatch(body['settings']) }),
})

/** @throws TypeError for a member of the wrong type */
export function runRequest(body: Body): RunRequest {
  const { uploads } = body
  if (uploads !== undefined && !(Array.isArray(uploads) && uploads.length <= 50 && uploads.every(isText)))
    throw new TypeError('uploads must be a list of at most 50 ids.')
  return {
    ...given('text', text(body, 'text', Infinity)),
    ...given('parent', text(body, 'parent')),
    ...given('uploads', uploads as readonly string[] | undefined),
  }
}

const FORMATS: Readonly<Record<string, readonly [format: ExportFormat, ending: string, type: string]>> = {
  markdown: ['md', 'md', 'text/markdown; charset=utf-8'],
  html: ['html', 'html', 'text/html; charset=utf-8'],
  jsonl: ['jsonl', 'jsonl', 'application/x-ndjson'],
}

/** @throws TypeError for a format there is none of */
export function exportForm(name: string): (typeof FORMATS)[string] {
  const found = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (found) return found
  throw new TypeError(
    `A conversation is exported as ${Object.keys(FORMATS).join(', ')}, not as ${show(name)}.`,
  )
}

const isText = (value: unknown): boolean => typeof value === 'string'
