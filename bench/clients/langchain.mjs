// LangChain.js's way with many prompts: `batch`, with as many at once as it is told, and its own retries.
import { ChatOpenAI } from '@langchain/openai'

export function create(baseURL) {
  const model = new ChatOpenAI({ model: 'bench', apiKey: 'x', configuration: { baseURL } })
  return {
    async prompts(prompts, atOnce, onResult) {
      const all = [...prompts]
      const options = { maxConcurrency: atOnce ?? 10 }
      const results = await model.batch(all, options, { returnExceptions: true })
      for (const [at, result] of results.entries()) {
        if (result instanceof Error) onResult(all[at], undefined, result)
        else onResult(all[at], result.content, undefined)
      }
    },
  }
}
