import { anthropicMessages } from '../src/dialects/anthropic-messages.ts'
import { replayFamily } from './recordings/replay.ts'

replayFamily('anthropic-messages', anthropicMessages)
