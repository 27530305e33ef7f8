import { openaiResponses } from '../src/dialects/openai-responses.ts'
import { replayFamily } from './recordings/replay.ts'

replayFamily('openai-responses', openaiResponses)
