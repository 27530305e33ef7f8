import { spawn } from 'node:child_process'

/** Programs that fill the clipboard with their input, by the system and by what must be in the environment. */
const PROGRAMS: readonly (readonly [string, readonly string[], () => boolean])[] = [
  ['pbcopy', [], () => process.platform === 'darwin'],
  ['clip.exe', [], () => process.platform === 'win32' || process.env['WSL_DISTRO_NAME'] !== undefined],
  ['wl-copy', [], () => Boolean(process.env['WAYLAND_DISPLAY'])],
  ['xclip', ['-selection', 'clipboard'], () => Boolean(process.env['DISPLAY'])],
]
/** A terminal drops a longer sequence, in characters of base64. */
const LONGEST = 100_000

/** Puts a text into the clipboard, by the system's program or else by the terminal (OSC 52), and says which it was. */
export async function copyText(text: string, write: (sequence: string) => void): Promise<string> {
  for (const [program, args, isHere] of PROGRAMS)
    if (isHere() && (await piped(program, args, text))) return program
  const data = Buffer.from(text).toString('base64')
  if (data.length > LONGEST) throw new Error('it is too long for the terminal; /save writes it to a file')
  // https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-Operating-System-Commands
  write(`\u001b]52;c;${data}\u0007`)
  return 'the terminal'
}

function piped(program: string, args: readonly string[], text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] })
    child.on('error', () => resolve(false))
    child.on('close', (code) => resolve(code === 0))
    child.stdin.on('error', () => undefined)
    child.stdin.end(text)
  })
}
