import { JsonBuilder } from './json-builder.ts'
import { ESCAPES, NUMBER, isScalarUnit, unexpected } from './json-marks.ts'

/** How a text is read. */
export interface IncrementalJsonOptions {
  /**
   * Takes what models write around their JSON: prose, code fences. The JSON is then the first object or array, with
   * `'object'` the first object; what follows it is ignored. Absent, the text must be JSON and nothing else.
   */
  readonly lenient?: boolean | 'object'
  /** How deep arrays and objects may be nested, 512 if absent: what reads the value may well be recursive. */
  readonly maxDepth?: number
  /** Told each piece of a string that is a member of the outermost object, under the member's name, as it comes. */
  readonly onPiece?: (name: string, piece: string) => void
}

/** What may come next between tokens, or the token that is being read. */
type State = Next | 'string' | 'escape' | 'hex' | 'scalar' | 'search' | 'failed'
type Next = 'value' | 'first-item' | 'first-key' | 'key' | 'colon' | 'after' | 'done'

const QUOTE = 34
const BACKSLASH = 92

/**
 * Reads JSON that comes in pieces and shows at any time what it holds so far. Each piece costs what its own length costs,
 * however much has come before.
 *
 * The value is mended in place: `value` gives the same object each time, and it has grown at each reading. Whoever wants
 * to keep a state of it must copy it.
 * @example
 * const json = new IncrementalJson()
 * json.push('{"name": "Ad')
 * json.value // { name: 'Ad' }
 * json.push('a", "age": 36}')
 * json.end() // { name: 'Ada', age: 36 }
 */
export class IncrementalJson {
  readonly #lenient: boolean | 'object'
  readonly #maxDepth: number
  readonly #onPiece: IncrementalJsonOptions['onPiece']
  #state: State
  #builder = new JsonBuilder()
  #isKey = false
  /** The string, literal or number being read. */
  #text = ''
  /** The first half of a surrogate pair whose second half has not come. */
  #half = ''
  #hex = ''
  /** How much was read before the current piece, in UTF-16 units. */
  #read = 0
  #tokenStart = 0
  #error: SyntaxError | undefined

  constructor({ lenient = false, maxDepth = 512, onPiece }: IncrementalJsonOptions = {}) {
    this.#lenient = lenient
    this.#maxDepth = maxDepth
    this.#onPiece = onPiece
    this.#state = lenient ? 'search' : 'value'
  }

  /**
   * What has come so far, undefined if nothing has: a string is cut where the text is cut, a number or literal is absent
   * until it is whole. The same object at each reading, grown in place.
   */
  get value(): unknown {
    const state = this.#state
    if (!this.#isKey && (state === 'string' || state === 'escape' || state === 'hex'))
      this.#builder.put(this.#text)
    return this.#builder.value
  }

  /** Whether the value is whole. A number that is all of the text may always go on, so it never is before `end()`. */
  get isComplete(): boolean {
    return this.#state === 'done'
  }

  /** What `end()` will throw, as soon as it is known that the text is no JSON. */
  get error(): SyntaxError | undefined {
    return this.#error
  }

  /** Takes in the next piece. Never throws: see `error` and `end()`. */
  push(fragment: string): void {
    for (let i = 0; i < fragment.length;) i = this.#step(fragment, i)
    this.#read += fragment.length
  }

  /**
   * The whole value.
   * @throws SyntaxError with the position, in UTF-16 units, where the text is no JSON or breaks off.
   */
  end(): unknown {
    if (this.#state === 'scalar' && this.#builder.depth === 0) this.#endScalar(0)
    if (this.#error) throw this.#error
    if (this.#state === 'search') throw new SyntaxError('not JSON: there is no object or array in the text')
    if (this.#state !== 'done') throw new SyntaxError(`not JSON: it breaks off at position ${this.#read}`)
    return this.#builder.value
  }

  /** Reads on from `i`, and gives the place up to which it has read. */
  #step(fragment: string, i: number): number {
    switch (this.#state) {
      case 'string':
        return this.#readString(fragment, i)
      case 'escape':
        return this.#readEscape(fragment, i)
      case 'hex':
        return this.#readHex(fragment, i)
      case 'scalar':
        return this.#readScalar(fragment, i)
      case 'search':
        return this.#search(fragment, i)
      case 'failed':
        return fragment.length
      default:
        return this.#readMark(fragment, i)
    }
  }

  #readMark(fragment: string, i: number): number {
    const state = this.#state
    const mark = fragment.charCodeAt(i)
    if (mark === 32 || mark === 10 || mark === 13 || mark === 9) return i + 1
    if (state === 'done') return this.#lenient ? fragment.length : this.#fail(fragment, i)
    switch (mark) {
      case QUOTE:
        if (state === 'value' || state === 'first-item') this.#begin('string', false)
        else if (state === 'key' || state === 'first-key') this.#begin('string', true)
        else return this.#fail(fragment, i)
        return i + 1
      case 44: // ,
        if (state !== 'after') return this.#fail(fragment, i)
        this.#state = this.#builder.isInObject ? 'key' : 'value'
        return i + 1
      case 58: // :
        if (state !== 'colon') return this.#fail(fragment, i)
        this.#state = 'value'
        return i + 1
      case 123: // {
      case 91: // [
        if (state !== 'value' && state !== 'first-item') return this.#fail(fragment, i)
        return this.#open(mark === 91, i)
      case 125: // }
      case 93: {
        const isEnd = state === (mark === 93 ? 'first-item' : 'first-key')
        const isAfter = state === 'after' && this.#builder.isInObject === (mark === 125)
        if (!isEnd && !isAfter) return this.#fail(fragment, i)
        this.#builder.close()
        this.#settle()
        return i + 1
      }
    }
    const isScalar = mark === 45 || (mark >= 48 && mark <= 57) || mark === 116 || mark === 102 || mark === 110
    if (!isScalar || (state !== 'value' && state !== 'first-item')) return this.#fail(fragment, i)
    this.#begin('scalar', false)
    this.#tokenStart = this.#read + i
    return this.#readScalar(fragment, i)
  }

  #begin(state: State, isKey: boolean): void {
    this.#state = state
    this.#isKey = isKey
    this.#text = ''
    this.#builder.next()
  }

  #open(isList: boolean, i: number): number {
    if (this.#builder.depth >= this.#maxDepth)
      return this.#stop(`not readable: nested deeper than ${this.#maxDepth} at position ${this.#read + i}`)
    this.#builder.next()
    this.#builder.open(isList)
    this.#state = isList ? 'first-item' : 'first-key'
    return i + 1
  }

  /** After a value. */
  #settle(): void {
    this.#state = this.#builder.depth === 0 ? 'done' : 'after'
  }

  #readString(fragment: string, start: number): number {
    let i = start
    let unit = 0
    for (; i < fragment.length; i++) {
      unit = fragment.charCodeAt(i)
      if (unit === QUOTE || unit === BACKSLASH || unit < 32) break
    }
    if (i > start) this.#append(fragment.slice(start, i))
    if (i === fragment.length) return i
    if (unit === BACKSLASH) this.#state = 'escape'
    else if (unit === QUOTE) this.#endString()
    else return this.#fail(fragment, i)
    return i + 1
  }

  /** Holds half a surrogate pair back, so that `value` never shows half a character. */
  #append(text: string): void {
    const last = text.charCodeAt(text.length - 1)
    const isHalf = last >= 0xd800 && last <= 0xdbff
    if (!isHalf && this.#half === '') return this.#grow(text)
    const whole = this.#half + text
    this.#half = isHalf ? text.slice(-1) : ''
    this.#grow(isHalf ? whole.slice(0, -1) : whole)
  }

  #grow(piece: string): void {
    this.#text += piece
    if (!this.#onPiece || this.#isKey) return
    const { depth, isInObject, key } = this.#builder
    if (depth === 1 && isInObject) this.#onPiece(key, piece)
  }

  #endString(): void {
    // A half that stays alone is kept, as JSON.parse keeps it.
    if (this.#half !== '') this.#grow(this.#half)
    this.#half = ''
    const text = this.#text
    if (this.#isKey) {
      this.#builder.key = text
      this.#state = 'colon'
    } else {
      this.#builder.put(text)
      this.#settle()
    }
  }

  #readEscape(fragment: string, i: number): number {
    const letter = fragment.charAt(i)
    if (letter === 'u') {
      this.#hex = ''
      this.#state = 'hex'
      return i + 1
    }
    const meant = ESCAPES.get(letter)
    if (meant === undefined) return this.#fail(fragment, i)
    this.#append(meant)
    this.#state = 'string'
    return i + 1
  }

  #readHex(fragment: string, i: number): number {
    const digits = fragment.slice(i, i + 4 - this.#hex.length)
    this.#hex += digits
    if (this.#hex.length === 4) {
      if (!/^[0-9a-f]{4}$/i.test(this.#hex)) return this.#fail(fragment, i)
      this.#append(String.fromCharCode(Number.parseInt(this.#hex, 16)))
      this.#state = 'string'
    }
    return i + digits.length
  }

  #readScalar(fragment: string, start: number): number {
    let i = start
    while (i < fragment.length && isScalarUnit(fragment.charCodeAt(i))) i++
    if (i > start) this.#text += fragment.slice(start, i)
    return i < fragment.length ? this.#endScalar(i) : i
  }

  #endScalar(i: number): number {
    const token = this.#text
    if (NUMBER.test(token)) this.#builder.put(Number(token))
    else if (token === 'true' || token === 'false') this.#builder.put(token === 'true')
    else if (token === 'null') this.#builder.put(null)
    else return this.#isProse() ? this.#restart(i) : this.#stop(unexpected(token, this.#tokenStart))
    this.#settle()
    return i
  }

  #search(fragment: string, start: number): number {
    for (let i = start; i < fragment.length; i++) {
      const mark = fragment.charCodeAt(i)
      if (mark === 123 || (mark === 91 && this.#lenient === true)) return this.#open(mark === 91, i)
    }
    return fragment.length
  }

  /** Whether what was taken for the start of the JSON is prose in brackets, such as `{name}` or `[the answer]`. */
  #isProse(): boolean {
    if (!this.#lenient || this.#builder.depth !== 1 || !this.#builder.isEmpty) return false
    const state = this.#state
    if (state === 'scalar') return !this.#builder.isInObject
    return state === 'first-item' || state === 'first-key' || state === 'colon'
  }

  #restart(i: number): number {
    this.#builder = new JsonBuilder()
    this.#state = 'search'
    return i
  }

  #fail(fragment: string, i: number): number {
    return this.#isProse() ? this.#restart(i) : this.#stop(unexpected(fragment.charAt(i), this.#read + i))
  }

  #stop(message: string): number {
    this.#error = new SyntaxError(message)
    this.#state = 'failed'
    return Infinity // nothing more is read
  }
}
