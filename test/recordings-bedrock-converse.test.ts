import { bedrockConverse } from '../src/dialects/bedrock-converse.ts'
import { replayFamily } from './recordings/replay.ts'

replayFamily('bedrock-converse', bedrockConverse)
