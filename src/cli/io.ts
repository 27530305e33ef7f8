import { redacted } from './secrets.ts'

/** Where answers and everything else are written. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream & Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>>
  readonly stderr: Streams['stdout']
}

let streams: Streams = process
let interrupted: (() => void) | undefined

/** Writes elsewhere than to the process's own streams, until the function it gives is called. */
export function directTo(others: Streams): () => void {
  const before = streams
  streams = others
  return () => void (streams = before)
}

/** The streams in use. */
export const streamsInUse = (): Streams => streams

/** Calls a function before anything is said that is no answer, so that what is being drawn can make room. Undefined ends it. */
export const beforeAsides = (listener: (() => void) | undefined): void => void (interrupted = listener)

/** Whether answers are drawn as they are meant, in colours and columns: on a terminal, unless `NATTER_MARKDOWN` is `off`. */
export const isDrawn = (): boolean =>
  streams.stdout.isTTY === true &&
  process.env['TERM'] !== 'dumb' &&
  hasColour(streams.stdout) &&
  process.env['NATTER_MARKDOWN'] !== 'off'

/** Whether colours may be written: on a terminal, or where FORCE_COLOR asks for them; never with NO_COLOR. */
export function hasColour(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return stream.isTTY === true && TERM !== 'dumb'
}

const styled =
  (open: number, close: number) =>
  (text: string): string =>
    hasColour(streams.stderr) ? `\u001b[${open}m${text}\u001b[${close}m` : text

/** Text in a colour, for standard error. */
export const dim = styled(2, 22)
/** Text in a colour, for standard error. */
export const red = styled(31, 39)
/** Text in a colour, for standard error. */
export const cyan = styled(36, 39)

/**
 * Text without control characters: a model or a server that wrote escape sequences could otherwise redraw the person's
 * screen, or set its title and clipboard.
 */
export const harmless = (text: string): string => text.replaceAll(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '')

/** Writes a piece of an answer. A file or a pipe gets it as it came. */
export const write = (text: string): void =>
  void streams.stdout.write(streams.stdout.isTTY ? harmless(text) : text)

/** Writes something that is no answer, as it stands. */
export function aside(text: string): void {
  interrupted?.()
  streams.stderr.write(text)
}

/** Says something that is no answer, in one line of its own. */
export function note(message: string, kind: 'error' | 'note' = 'note'): void {
  const name = kind === 'error' ? red('natter:') : dim('natter:')
  aside(`${name} ${harmless(redacted(message))}\n`)
}

/** Shows how far something is, in one line that the next call overwrites. Nothing where nobody watches. */
export function showProgress(text: string): void {
  if (streams.stderr.isTTY) aside(`\r\u001b[K${dim(text)}`)
}

/** Takes the progress line away. */
export const clearProgress = (): void => showProgress('')

/** Says warnings in one plain line; Node's own ones are for the developer of a program, so only with `--debug`. */
export function reportWarnings(isDebug: boolean): void {
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message, stack }) => {
    if (name === 'NatterWarning') note(message)
    else if (isDebug) aside(`${stack ?? message}\n`)
  })
}

/** Ends in silence when the reader of the output has left, as in `natter … | head -1`. */
export function surviveClosedPipes(): void {
  process.stdout.on('error', leaveQuietly)
  process.stderr.on('error', leaveQuietly)
}

function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}
