import { ollama } from '../src/dialects/ollama.ts'
import { replayFamily } from './recordings/replay.ts'

replayFamily('ollama-chat', ollama)
