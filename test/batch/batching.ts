// A program that is killed: hands in `count` prompts with a file, waits, and says what has come.
import { batchText, chatOpenAI } from 'natter'

const [baseUrl = '', path = '', count = '0'] = process.argv.slice(2)
const chat = chatOpenAI({ baseUrl, model: 'gpt-4.1', apiKey: 'sk-secret-secret' })
const prompts = Array.from({ length: Number(count) }, (_, n) => `p${n}`)
const results = await batchText(chat, prompts, { path, progress: false, pollEvery: 5 }).all()
const values = results.filter(({ value, prompt }) => value === `re ${String(prompt)}`).length
process.stdout.write(JSON.stringify({ values, resumed: results.filter(({ isResumed }) => isResumed).length }))
