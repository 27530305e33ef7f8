import type { LocalServer, ServeLocalOptions } from '../local/index.ts'
import type { ServeTask } from './task.ts'
import { UsageError } from './failure.ts'
import { aside, clearProgress, note, showProgress } from './io.ts'
import { progress } from './open-chat.ts'
import { keyIn } from './reached.ts'
import { listeningFailure, untilEnded } from './until-ended.ts'

/** Where nobody asks for another port; llama-server's own. */
const USUAL_PORT = 8080

/** Serves a local model until Ctrl-C, and gives the exit code. */
export async function serve(task: ServeTask): Promise<number> {
  const { host, model, allowOrigins, contextSize, threads, parallel, apiKeyEnv } = task
  const apiKey = apiKeyEnv === undefined ? undefined : keyIn(apiKeyEnv)
  const ended = untilEnded()
  const server = await start(task.port, {
    model,
    host,
    allowOrigins,
    onProgress: progress(),
    ...(apiKey !== undefined && { apiKey }),
    ...(contextSize !== undefined && { contextSize }),
    ...(threads !== undefined && { threads }),
    ...(parallel !== undefined && { parallel }),
  })
  note(
    `serving ${model === 'embedded' ? 'the built-in model' : model} at ${server.url} (Ctrl-C ends it). Try:`,
  )
  const key = apiKeyEnv === undefined ? '' : ` -H "Authorization: Bearer $${apiKeyEnv}"`
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'What can you do?' }] })
  aside(`  curl ${server.url}/chat/completions${key} -H 'Content-Type: application/json' -d '${body}'\n`)
  await ended
  await server.close()
  return 0
}

async function start(port: number | undefined, options: ServeLocalOptions): Promise<LocalServer> {
  const { serveLocal } = await import('../local/index.ts')
  showProgress('loading the model')
  try {
    return await serveLocal({ ...options, port: port ?? USUAL_PORT })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE' && port === undefined) return await serveLocal({ ...options, port: 0 })
    throw explained(error, port ?? USUAL_PORT, options.host)
  } finally {
    clearProgress()
  }
}

function explained(error: unknown, port: number, host = ''): unknown {
  if (error instanceof TypeError && /apiKey/.test(error.message))
    return new UsageError(
      `--host ${host} lets others on the network in: name a key too, as in --api-key-env SECRET`,
      { cause: error },
    )
  return listeningFailure(error, port, host)
}
