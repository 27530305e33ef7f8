import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { NatterConfig } from '../core/config.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { writeText } from '../lib/write-text-node.ts'
import { dataFolder } from '../sessions/data-folder.ts'
import { checkConfig } from './config-check.ts'
import { UsageError } from './failure.ts'

/** A file that was found. */
export interface ConfigFile {
  readonly path: string
  readonly origin: 'user' | 'project' | '--config'
}

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((kind) => `natter.config.${kind}`)

/** The folder of the user's own config. https://specifications.freedesktop.org/basedir-spec/latest/ */
export function configFolder(): string {
  const xdg = process.env['XDG_CONFIG_HOME']
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.config'), 'natter')
}

/** The config files that hold here, what says more first: the one that is named or the project's, then the user's. */
export function configFiles(named: string | undefined): readonly ConfigFile[] {
  const files: ConfigFile[] = []
  if (named !== undefined) files.push({ path: resolve(named), origin: '--config' })
  const own = fileIn(configFolder())
  const project = named === undefined ? projectFile(process.cwd()) : undefined
  if (project !== undefined && project !== own) files.push({ path: project, origin: 'project' })
  if (own !== undefined) files.push({ path: own, origin: 'user' })
  return files
}

/** In a repository, the nearest file from here up to its root; elsewhere the one that is here. */
function projectFile(from: string): string | undefined {
  const folders: string[] = []
  for (let folder = from; ; folder = dirname(folder)) {
    folders.push(folder)
    if (existsSync(join(folder, '.git'))) break
    if (dirname(folder) === folder) return fileIn(from)
  }
  for (const folder of folders) {
    const file = fileIn(folder)
    if (file !== undefined) return file
  }
  return undefined
}

const fileIn = (folder: string): string | undefined =>
  NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))

/** Whether a file is a program. */
const isProgram = (path: string): boolean => extname(path) !== '.json'

/**
 * Whether a file may be read: entering a folder must run nothing, so the program of a project is run only once it was trusted, as it
 * stands.
 */
export const isAllowed = ({ path, origin }: ConfigFile): boolean =>
  origin !== 'project' || !isProgram(path) || trusted()[path] === digestOf(path)

/** Trusts a project's config as it stands now. */
export function trust(path: string): void {
  const all = { ...trusted(), [path]: digestOf(path) }
  if (!writeText(trustFile(), `${JSON.stringify(all, undefined, 2)}\n`))
    throw new Error(`${trustFile()} cannot be written`)
}

const trustFile = (): string => join(dataFolder(), 'trusted.json')

function trusted(): Readonly<Record<string, unknown>> {
  try {
    const known = parsedJson(readFileSync(trustFile(), 'utf8'))
    return isObject(known) ? known : {}
  } catch {
    return {}
  }
}

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/**
 * What a file says.
 * @throws UsageError where it cannot be read, or is not right
 */
export async function readConfig({ path }: ConfigFile): Promise<NatterConfig> {
  try {
    return checkConfig(isProgram(path) ? await runProgram(path) : readJson(path), path)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function readJson(path: string): unknown {
  const config: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''))
  if (!isObject(config)) return config
  // What editors complete by.
  const { $schema: _schema, ...rest } = config
  return rest
}

/** Node 20 runs no TypeScript, and finds no natter beside a file in the user's folder; jiti does both. */
async function runProgram(path: string): Promise<unknown> {
  const natter = await import('../index.ts')
  const { createJiti } = await import('jiti').catch((cause: unknown) => {
    throw new UsageError(`${path} is a program, which takes jiti to read: npm install jiti`, { cause })
  })
  const jiti = createJiti(pathToFileURL(path).href, { virtualModules: { natter }, fsCache: false })
  return jiti.import(path, { default: true })
}
