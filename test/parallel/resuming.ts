// A program that is killed: asks `count` prompts of a server with a file to resume, and says when it is done.
import { chatOpenAICompatible, parallelText } from 'natter'

const [baseUrl = '', path = '', count = '0', maxActive = '10'] = process.argv.slice(2)
const chat = chatOpenAICompatible({ baseUrl, model: 'm' })
const prompts = Array.from({ length: Number(count) }, (_, n) => `p${n}`)
const run = parallelText(chat, prompts, { resume: path, progress: false, maxActive: Number(maxActive) })
let resumed = 0
let values = 0
for await (const { value, prompt, isResumed } of run) {
  if (value === `re ${String(prompt)}`) values++
  if (isResumed) resumed++
}
process.stdout.write(JSON.stringify({ values, resumed, stopped: run.stopped?.message }))
