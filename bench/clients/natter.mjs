import { chatOpenAICompatible, parallelText } from '../../dist/index.js'

export function create(baseUrl) {
  // The peers' clients hold no conversation; a chat does, so each call of theirs is a new chat here.
  const start = () => chatOpenAICompatible({ baseUrl, model: 'bench', apiKey: 'x' })
  return {
    async stream(prompt, onText) {
      let length = 0
      for await (const event of start().events(prompt)) {
        if (event.type !== 'text') continue
        length += event.text.length
        onText(event.text)
      }
      return length
    },
    call: (prompt) => start().chat(prompt),
    async prompts(prompts, atOnce, onResult) {
      const options = { maxActive: atOnce, progress: false }
      for await (const { prompt, value, error } of parallelText(start(), prompts, options))
        onResult(prompt, value, error)
    },
    conversation() {
      const chat = start()
      return (prompt) => chat.chat(prompt)
    },
  }
}
