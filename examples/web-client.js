// A client of chatHandler() for a page: no library, and nothing to build. docs/web.md says what it speaks.

/** One conversation with the handler at an address; `onEvent` hears everything that it tells, in order. */
export function connect(address, onEvent) {
  let conversation
  let run
  const at = (query) => `${address}?${new URLSearchParams(query)}`

  async function ask(text) {
    const body = JSON.stringify({ text, conversation })
    let response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    let after = 0
    for (let failures = 0; ;) {
      // 204: it ended, and there is nothing more to tell.
      if (response.status === 204) return
      if (!response.ok) throw new Error((await response.json()).message)
      try {
        for await (const { id, event } of events(response.body)) {
          failures = 0
          if (id) after = id
          if (event.type === 'run') ({ run, conversation } = event)
          onEvent(event)
          if (event.type === 'end') return
        }
      } catch (error) {
        if (!run) throw error
      }
      // The connection was lost in the midst: the answer goes on, and so do we where it was.
      do {
        if (++failures > 5) throw new Error('The server cannot be reached.')
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** failures))
        response = await fetch(at({ run, after })).catch(() => undefined)
      } while (!response)
    }
  }

  const stop = () => fetch(at({ run }), { method: 'DELETE' })

  const decide = (call, isApproved, reason) =>
    fetch(at({ run, call }), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ isApproved, reason }),
    })

  return { ask, stop, decide }
}

/** The server-sent events of a body, as they come. */
async function* events(body) {
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
