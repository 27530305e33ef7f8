import { UsageError } from './failure.ts'

/** Waits for the first wish to end; the second one ends the process at once. */
export function untilEnded(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (isAsked) process.exit(130)
        isAsked = true
        resolve()
      })
  })
}

/** What a person is told of a server that cannot listen; any other error as it is. */
export function listeningFailure(error: unknown, port: number, host = ''): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return new Error(`port ${port} is taken: choose another, or 0 for any free one`, { cause: error })
  if (code === 'EACCES')
    return new UsageError(`port ${port} is not allowed to you: choose one above 1023`, { cause: error })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new UsageError(`--host ${host}: this machine has no such address`, { cause: error })
  return error
}
