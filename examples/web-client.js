// A client of chatHandler() for a page: no library, nothing to build. docs/web.md says what it speaks.

/** One conversation with the handler at an address; `onEvent` hears all that it tells, in order. */
export function connect(address, onEvent) {
  let conversation
  let run
  let after = 0
  const at = (query) => `${address}?${new URLSearchParams(query)}`
  const post = (url, body) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  /** Asks; done when the answer has ended. A connection that is lost in its midst is made again. */
  async function ask(text) {
    after = 0
    let response = await post(address, { text, conversation })
    for (let failures = 0; failures < 6;) {
      if (response?.status === 204) return
      if (response?.ok === false) throw new Error((await response.json()).message)
      try {
        for await (const { id, event } of eventsIn(response.body)) {
          failures = 0
          after = id ?? after
          if (event.type === 'run') ({ run, conversation } = event)
          onEvent(event)
          if (event.type === 'end') return
        }
      } catch {
        // What was told stays told; the rest is asked for below.
      }
      await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** ++failures))
      response = await fetch(at({ run, after })).catch(() => undefined)
    }
    throw new Error('The connection was lost.')
  }

  const stop = () => fetch(at({ run }), { method: 'DELETE' })
  const decide = (call, isApproved, reason) => post(at({ run, call }), { isApproved, reason })
  return { ask, stop, decide }
}

/** The server-sent events in a body, as they come. */
async function* eventsIn(body) {
  let text = ''
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    const blocks = (text + step.value).split('\n\n')
    text = blocks.pop()
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data) yield { id: /^id: (.*)$/m.exec(block)?.[1], event: JSON.parse(data) }
    }
  }
}
