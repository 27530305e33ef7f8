import { describe } from 'vitest'
import { scenarios } from './scenarios/all.ts'
import { ollama } from './scenarios/ollama.ts'

describe('ollama', () => {
  scenarios(ollama)
})
