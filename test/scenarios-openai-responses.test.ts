import { describe } from 'vitest'
import { scenarios } from './scenarios/all.ts'
import { openaiResponses } from './scenarios/openai-responses.ts'

describe(openaiResponses.id, () => {
  scenarios(openaiResponses)
})
