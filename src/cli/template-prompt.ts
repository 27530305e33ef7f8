import { readFileSync } from 'node:fs'
import { interpolate } from '../core/interpolate.ts'
import { UsageError } from './failure.ts'
import type { NamedPrompt } from './task.ts'

/** What a template is filled with. */
export interface TemplateParts {
  readonly words: readonly string[]
  /** What was piped in; '' for nothing. */
  readonly piped: string
}

/**
 * A template as a prompt. Only what it names is read; where it names neither words nor files, the words follow it, and what is piped in
 * goes before it where it does not name that.
 * @throws UsageError for a name there is nothing for
 */
export function templatePrompt({ name, text }: NamedPrompt, { words, piped }: TemplateParts): string {
  let hasWords = false
  let hasInput = false
  const files = (): readonly string[] => {
    hasWords = true
    if (words.length === 0)
      throw new UsageError(`the template ${name} takes a file: natter -t ${name} file.txt`)
    return words.map(read)
  }
  const data = {
    get words() {
      hasWords = true
      return words.join(' ')
    },
    get input() {
      hasInput = true
      return piped
    },
    get file() {
      if (words.length > 1) throw new UsageError(`the template ${name} takes one file: got ${words.length}`)
      return files()[0]
    },
    get files() {
      return files()
        .map((content, at) => `${words[at]}:\n${content}`)
        .join('\n\n')
    },
  }
  let prompt: string
  try {
    // A wrong name is told of before a file is missed.
    interpolate(text, { words: '', input: '', file: '', files: '' })
    prompt = interpolate(text, data)
  } catch (error) {
    throw error instanceof TypeError
      ? new UsageError(`the template ${name}: ${error.message}`, { cause: error })
      : error
  }
  return [!hasInput && piped, prompt, !hasWords && words.join(' ')].filter(Boolean).join('\n\n')
}

function read(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  if (bytes.includes(0)) throw new UsageError(`${path} is not text`)
  return bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimEnd()
}
