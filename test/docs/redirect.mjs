// Loaded before a code block of the docs: what it sends to Hugging Face, or to a server that a reader
// would have on this machine, goes to the stand-in; anything else outside this machine is refused.
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import { urlToHttpOptions } from 'node:url'

const STAND_IN = new URL(process.env.DOCS_STAND_IN)
const PLAYED = /(^|\.)(huggingface\.(co|cloud)|hf\.co)$|^api\.openai\.com$/
// llama-server, vLLM, Ollama, LM Studio, TGI
const PLAYED_PORTS = new Set(['8080', '8000', '11434', '1234', '3000'])

const { request } = http
for (const module of [http, https]) {
  const { request: real } = module
  module.request = (...args) => {
    const callback = typeof args.at(-1) === 'function' ? args.pop() : undefined
    const given = args.map((it) => (typeof it === 'string' ? new URL(it) : it))
    const options = Object.assign({}, ...given.map((it) => (it instanceof URL ? urlToHttpOptions(it) : it)))
    const { hostname = options.host, port } = options
    if (!isPlayed(hostname, port)) return real(options, callback)
    const { agent: _, ...rest } = options
    const here = {
      protocol: 'http:',
      hostname: STAND_IN.hostname,
      host: STAND_IN.hostname,
      port: STAND_IN.port,
    }
    const outgoing = request({ ...rest, ...here, headers: { host: hostname, ...rest.headers } }, callback)
    // A client of https waits for this; without TLS it would never come.
    if (module === https) outgoing.once('socket', (it) => it.once('connect', () => it.emit('secureConnect')))
    return outgoing
  }
  module.get = (...args) => module.request(...args).end()
}
syncBuiltinESMExports()

const { fetch } = globalThis
globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  if (!isPlayed(url.hostname, url.port)) return fetch(input, init)
  const there = new URL(url.pathname + url.search, STAND_IN)
  return fetch(input instanceof Request ? new Request(there, input) : there, init)
}

function isPlayed(hostname, port) {
  if (/^(localhost|127\.0\.0\.1|\[?::1\]?)$/.test(hostname)) return PLAYED_PORTS.has(String(port))
  if (PLAYED.test(hostname)) return true
  throw new Error(`the docs test has no network, and nobody plays ${hostname}`)
}
