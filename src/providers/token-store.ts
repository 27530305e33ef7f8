import { randomUUID } from 'node:crypto'
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { env, homePath, joinPath } from '#platform'

/** The name of our token among the named ones. */
const SECTION = 'natter'

/**
 * Where `hf auth login` keeps the token in use: `HF_TOKEN_PATH`, or `token` in the folder of Hugging Face.
 * https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
export function tokenPath(): string {
  const home = env('HF_HOME') ?? joinPath(env('XDG_CACHE_HOME') ?? homePath('.cache'), 'huggingface')
  return env('HF_TOKEN_PATH') ?? joinPath(home, 'token')
}

/** Keeps a token where `hf auth login` would, and among the named ones, readable by nobody else; gives the path. */
export async function storeToken(token: string): Promise<string> {
  const path = tokenPath()
  await writeSecret(path, token)
  await changeNamed((text) => {
    const others = withoutSection(text)
    const end = others === '' || others.endsWith('\n') ? '' : '\n'
    return `${others}${end}[${SECTION}]\nhf_token = ${token}\n\n`
  })
  return path
}

/** Forgets the token in use, and our own among the named ones; gives the path, or undefined where there was none. */
export async function forgetToken(): Promise<string | undefined> {
  const path = tokenPath()
  const found = await readFile(path, 'utf8').catch(() => undefined)
  await rm(path, { force: true })
  await changeNamed(withoutSection)
  return found === undefined ? undefined : path
}

/** Changes the file of named tokens, which stands beside the token in use. */
async function changeNamed(change: (text: string) => string): Promise<void> {
  const path = join(dirname(tokenPath()), 'stored_tokens')
  const before = await readFile(path, 'utf8').catch(() => '')
  const after = change(before)
  if (after === before) return
  if (after.trim() === '') await rm(path, { force: true })
  else await writeSecret(path, after)
}

/** An INI file without our section; the others stay as they are. */
function withoutSection(text: string): string {
  const sections = text.split(/^(?=\[)/m)
  return sections.filter((section) => !section.startsWith(`[${SECTION}]`)).join('')
}

/** Writes a file that only its owner can read, at no moment half written and at no moment readable by others. */
async function writeSecret(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // A link stays a link: what it points to is replaced.
  const target = await realpath(path).catch(() => path)
  const draft = `${target}.${randomUUID()}`
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
    await rename(draft, target)
  } finally {
    await rm(draft, { force: true })
  }
}
