import { GrowingCode } from './code-block.ts'
import { type Change, GrowingBlocks } from './growing-blocks.ts'
import { lex } from './markdown.ts'
import { nodesOf } from './markdown-dom.ts'

/** Markdown in the page that grows: what is finished stays as it is, only the last block is made anew. */
export class GrowingMarkdown {
  readonly #root: HTMLElement
  #blocks = new GrowingBlocks()
  #code: GrowingCode | undefined
  #finished = 0
  readonly #pieces: string[] = []

  constructor(root: HTMLElement) {
    this.#root = root
    root.replaceChildren()
  }

  /** Adds the next piece. */
  append(piece: string): void {
    this.#pieces.push(piece)
    for (const change of this.#blocks.add(piece)) this.#apply(change)
  }

  /** Nothing more comes. */
  finish(): void {
    for (const change of this.#blocks.finish()) this.#apply(change)
    // Only now it is known what the links mean that stand before their definitions.
    if (this.#blocks.hasDefinitions && this.text.length <= SLICE) showMarkdown(this.#root, this.text)
  }

  /** All that was added. */
  get text(): string {
    return this.#pieces.join('')
  }

  #apply(change: Change): void {
    if (change.type === 'code') return this.#code?.append(change.text)
    if (change.type === 'code-close') {
      this.#code?.finish()
      this.#code = undefined
      return
    }
    while (this.#root.childNodes.length > this.#finished) this.#root.lastChild?.remove()
    if (change.type === 'code-open') {
      this.#code = new GrowingCode(change.lang)
      this.#root.append(this.#code.root)
    } else this.#root.append(nodesOf(change.tokens))
    if (change.type !== 'growing') this.#finished = this.#root.childNodes.length
  }
}

/** Longer texts are read in slices. */
const SLICE = 16_000

/** Shows a finished text. */
export function showMarkdown(root: HTMLElement, text: string): void {
  if (text.length <= SLICE) return root.replaceChildren(nodesOf(lex(text)))
  const growing = new GrowingMarkdown(root)
  for (let at = 0; at < text.length; at += SLICE) growing.append(text.slice(at, at + SLICE))
  growing.finish()
}
