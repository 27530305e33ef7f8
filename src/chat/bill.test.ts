import { afterEach, expect, test, vi } from 'vitest'
import { chatHuggingFace, chatOpenAICompatible } from 'natter'
import { json, loopback, replyWith } from '../../test/loopback.ts'
