import { describe } from 'vitest'
import { scenarios } from './scenarios/all.ts'
import { gemini } from './scenarios/gemini.ts'

describe(gemini.id, () => {
  scenarios(gemini)
})
