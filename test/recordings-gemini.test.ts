import { gemini } from '../src/dialects/gemini.ts'
import { replayFamily } from './recordings/replay.ts'

replayFamily('gemini', gemini, {
  // Twelve of its thirty citations are `{}`: they name no source.
  'google-vertex/3dfa592cacfb#0': ['citations'],
})
