// A block of code: its language, a button that copies it, and its colours as they come.
import { type Paint, paint } from './highlight.ts'

/** Longer code stays without colours: the thousands of nodes would hold up the page. */
const MOST = 40_000
/** Code that grows is coloured anew when it has grown by this factor: all paintings together are linear. */
const GROWTH = 1.3

/** A finished block of code. */
export function codeBlock(lang: string, text: string): HTMLElement {
  const block = new GrowingCode(lang)
  block.append(text)
  block.finish()
  return block.root
}

/** A block of code that grows. */
export class GrowingCode {
  readonly root: HTMLElement
  readonly #code: HTMLElement
  readonly #lang: string
  readonly #plain = document.createTextNode('')
  #text = ''
  #painted = 0
  #isPainting = false
  #isFinished = false

  constructor(info: string) {
    const lang = /^[\w+#.-]*/.exec(info)?.[0].toLowerCase() ?? ''
    this.#lang = lang
    this.#code = document.createElement('code')
    this.#code.append(this.#plain)
    const pre = document.createElement('pre')
    pre.tabIndex = 0
    pre.setAttribute('role', 'group')
    pre.setAttribute('aria-label', lang === '' ? 'Code' : `Code in ${lang}`)
    pre.append(this.#code)
    const label = document.createElement('span')
    label.textContent = lang
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy-code'
    button.textContent = 'Copy'
    button.setAttribute('aria-label', 'Copy code')
    const head = document.createElement('div')
    head.className = 'code-head'
    head.append(label, button)
    this.root = document.createElement('div')
    this.root.className = 'code'
    this.root.append(head, pre)
  }

  /** Adds text at the end; costs no more than the text is long. */
  append(text: string): void {
    this.#text += text
    this.#plain.appendData(text)
    if (this.#text.length > this.#painted * GROWTH + 200) this.#paint()
  }

  /** Nothing more comes. */
  finish(): void {
    this.#isFinished = true
    if (this.#text.length > this.#painted) this.#paint()
  }

  #paint(): void {
    if (this.#isPainting || this.#lang === '' || this.#text.length > MOST) return
    this.#isPainting = true
    const length = this.#text.length
    void paint(this.#lang, this.#text).then((spans) => {
      this.#isPainting = false
      if (!spans) return
      this.#painted = length
      this.#code.replaceChildren(...spans.map(spanOf), this.#plain)
      this.#plain.data = this.#text.slice(length)
      if (this.#isFinished && this.#text.length > length) this.#paint()
    })
  }
}

function spanOf({ text, kind }: Paint): Node {
  if (kind === undefined) return document.createTextNode(text)
  const span = document.createElement('span')
  span.className = kind
  span.textContent = text
  return span
}
