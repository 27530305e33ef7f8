import type { Line } from '../providers/line.ts'
import type { ChatFiles } from './files.ts'

const QUESTIONS = ['upload', 'list', 'get', 'download', 'delete'] as const

/** The files that a provider keeps; what asks for them is loaded with the first question. */
export const lazyFiles = (line: Line): ChatFiles =>
  Object.fromEntries(
    QUESTIONS.map((name) => [
      name,
      async (...args: never[]) =>
        (await (await import('./files.ts')).filesOf(line))[name](...(args as [never])),
    ]),
  ) as unknown as ChatFiles
