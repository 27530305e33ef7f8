import { describe } from 'vitest'
import { scenarios } from './scenarios/all.ts'
import { openaiChat } from './scenarios/openai-chat.ts'

describe(openaiChat.id, () => {
  scenarios(openaiChat)
})
