import type { Media } from '../core/content.ts'
import type { AskTask } from './task.ts'
import { UsageError } from './failure.ts'
import { readImage } from './image-option.ts'
import { note } from './io.ts'

/** One prompt, and the pictures that go with it. */
export interface Prompt {
  readonly text: string
  readonly images: readonly Media[]
}

const NOTHING = `nothing to ask: pass a prompt, as in natter "Hello", or pipe one in
Usage: natter [options] [prompt...]
Try natter --help.`

/** How long a silent standard input is waited for before saying so, in milliseconds. */
const PATIENCE = 4000

/**
 * What is to be asked: the words, with the text piped in before them, or a template filled with them; or `conversation` where a person sits at a terminal and
 * has said nothing yet.
 * @throws UsageError where there is nothing to ask
 */
export async function gather({ words, images, json, prompt }: AskTask): Promise<Prompt | 'conversation'> {
  const pictures = await Promise.all(images.map(readImage))
  const ours = words.length === 1 && words[0] === '-' ? [] : words
  const said = ours.join(' ').trim()
  const piped = process.stdin.isTTY ? '' : await readPiped(said !== '' || prompt !== undefined)
  const text = prompt
    ? (await import('./template-prompt.ts')).templatePrompt(prompt, { words: ours, piped })
    : [piped, said].filter(Boolean).join('\n\n')
  if (text !== '' || (pictures.length > 0 && !process.stdin.isTTY)) return { text, images: pictures }
  if (!process.stdin.isTTY) throw new UsageError(NOTHING)
  if (json) throw new UsageError('--json needs a prompt')
  return 'conversation'
}

/** The whole of standard input as text; the blank end that every file has is not part of it. */
async function readPiped(hasPrompt: boolean): Promise<string> {
  const chunks: Buffer[] = []
  // A prompt with an input that never ends looks like a hang, as when a program starts natter and leaves its input open.
  const impatience = setTimeout(() => {
    note(
      `waiting for the text that is piped in to end${hasPrompt ? '; with none to come, add </dev/null' : ''}`,
    )
  }, PATIENCE)
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      clearTimeout(impatience)
      chunks.push(chunk)
    }
  } catch (error) {
    throw new UsageError(`standard input cannot be read: ${(error as Error).message}`, { cause: error })
  } finally {
    clearTimeout(impatience)
  }
  const bytes = Buffer.concat(chunks)
  if (bytes.includes(0)) throw new UsageError('standard input is not text; a picture is passed with --image')
  return new TextDecoder()
    .decode(bytes)
    .replace(/^\s*\n/, '')
    .trimEnd()
}
