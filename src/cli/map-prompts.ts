import { readFileSync } from 'node:fs'
import { interpolate } from '../core/interpolate.ts'
import type { JsonSchema } from '../core/schema.ts'
import { schemaOf } from '../core/standard-schema.ts'
import { UsageError } from './failure.ts'
import { type Row, readRows } from './map-rows.ts'

/** The template of `--prompt`: itself, or what is in the file that it names. @throws UsageError */
export const templateOf = (prompt: string): string =>
  prompt.startsWith('@') ? readText(prompt.slice(1)) : prompt

/** The prompts for the rows of a file. */
export async function* promptsOf(input: string, template: string): AsyncGenerator<string> {
  for await (const row of readRows(input)) yield filled(template, row)
}

/** How many rows there are; all of them are read, so that a mistake in the last one costs nothing. */
export async function countRows(input: string, template: string): Promise<number> {
  let count = 0
  for await (const row of readRows(input)) {
    filled(template, row)
    count++
  }
  if (count === 0) throw new UsageError(`${input} has no rows`)
  return count
}

function filled(template: string, row: Row): string {
  try {
    return interpolate(template, row)
  } catch (error) {
    throw new UsageError(`--prompt: ${(error as Error).message.replace('the data', 'the row')}`, {
      cause: error,
    })
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

/** The JSON Schema in a file. @throws UsageError where there is none */
export function jsonSchemaIn(path: string): JsonSchema {
  try {
    const schema = JSON.parse(readText(path)) as JsonSchema
    schemaOf(schema)
    return schema
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`--schema ${path}: ${(error as Error).message}`, { cause: error })
  }
}
