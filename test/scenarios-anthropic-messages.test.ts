import { describe } from 'vitest'
import { scenarios } from './scenarios/all.ts'
import { anthropicMessages as row } from './scenarios/anthropic-messages.ts'

describe(row.id, () => {
  scenarios(row)
})
