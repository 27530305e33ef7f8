import { openaiChat } from '../src/dialects/openai-chat.ts'
import { replayFamily } from './recordings/replay.ts'

// One line a dialect; the families are those of ../shared/recordings/EXPECT.md.
replayFamily('openai-chat', openaiChat)
