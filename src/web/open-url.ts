import { spawn } from 'node:child_process'

/** Opens an address in the system's browser; false where there is no screen for it, or no such program. */
export function openUrl(url: string): Promise<boolean> {
  const { platform, env } = process
  const [command, ...args] =
    platform === 'darwin'
      ? ['open', url]
      : platform === 'win32'
        ? // `start` is of cmd.exe, which would read an & in the address.
          ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url]
  const hasScreen = platform === 'darwin' || platform === 'win32' || env['DISPLAY'] || env['WAYLAND_DISPLAY']
  if (!hasScreen || env['CI']) return Promise.resolve(false)
  return new Promise((resolve) => {
    const child = spawn(command as string, args, { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
