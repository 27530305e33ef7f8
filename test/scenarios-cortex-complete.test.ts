import { describe } from 'vitest'
import { scenarios } from './scenarios/all.ts'
import { cortexComplete } from './scenarios/cortex-complete.ts'

describe('cortex-complete', () => {
  scenarios(cortexComplete)
})
