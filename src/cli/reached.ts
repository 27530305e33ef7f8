import { providerNamed } from '../chats.ts'
import { findKey } from '../providers/auth.ts'
import type { LineOptions } from '../providers/line-of.ts'
import { UsageError } from './failure.ts'
import { keepSecret } from './secrets.ts'
import type { AskTask } from './task.ts'

/** The providers that are known by an address alone. */
export const NAMELESS: ReadonlySet<string> = new Set(['openai-compatible', 'vllm'])

/**
 * How a provider is reached, by a command line; nothing that is printed from now on can hold its key.
 * @throws UsageError for a key that is not where it was said to be, or a server whose address must be given
 */
export async function reached(
  provider: string,
  { baseUrl, apiKeyEnv, debug }: Pick<AskTask, 'baseUrl' | 'apiKeyEnv' | 'debug'>,
): Promise<Pick<LineOptions, 'baseUrl' | 'apiKey' | 'fetch'>> {
  const { facts } = providerNamed(provider)
  const found = findKey(facts.auth)?.key
  if (found) keepSecret(found)
  if (NAMELESS.has(facts.id) && baseUrl === undefined)
    throw new UsageError(`${provider} needs --base-url: the address of the server`)
  return {
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKeyEnv !== undefined && { apiKey: keyIn(apiKeyEnv) }),
    ...(debug && { fetch: (await import('./recorder.ts')).recorder() }),
  }
}

/**
 * The key in an environment variable.
 * @throws UsageError where it is unset or empty
 */
export function keyIn(variable: string): string {
  const key = process.env[variable]?.trim()
  if (!key)
    throw new UsageError(`--api-key-env ${variable}: the environment has no such variable, or it is empty`)
  keepSecret(key)
  return key
}
