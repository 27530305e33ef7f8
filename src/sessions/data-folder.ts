import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * Where natter keeps what the user would miss: `NATTER_DATA`, else `natter` in the place that the system has for data of programs
 * (`XDG_DATA_HOME` or `~/.local/share`, `~/Library/Application Support`, `%LOCALAPPDATA%`).
 */
export function dataFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const asked = env['NATTER_DATA']
  if (asked) return asked
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'natter')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'natter')
  const xdg = env['XDG_DATA_HOME']
  // A relative path there is to be ignored. https://specifications.freedesktop.org/basedir-spec/latest/
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'share'), 'natter')
}
