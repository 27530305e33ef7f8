import type { ChatRequest } from '../core/request.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { REWRITES } from '../dialects/schema-rewrites.ts'
import type { AnswerOptions } from './answer.ts'

/** A request with the tools and the schema that go with it, in the forms that its servers take. */
export const inForms = (
  request: ChatRequest,
  { tools, schema }: Pick<AnswerOptions, 'tools' | 'schema'>,
  forms: Dialect['schemaForms'],
): ChatRequest => ({
  ...request,
  ...(tools && {
    tools: tools.map((tool) => ({ ...tool, inputSchema: REWRITES[forms.tools](tool.inputSchema) })),
  }),
  ...(schema && { schema: { ...schema, schema: REWRITES[forms.output](schema.schema) } }),
})
