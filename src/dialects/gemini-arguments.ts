import { isObject } from '../lib/merge.ts'

type Container = unknown[] | Record<string, unknown>

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/gy

/**
 * Puts the arguments of a call together of pieces, each with its place as a JSONPath (`$.steps[0].name`); the pieces of one text
 * follow each other. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling
 */
export class GeminiArguments {
  readonly #root: Record<string, unknown> = {}
  /** The path of a text that goes on with the next piece. */
  #open = ''

  /** Takes in one piece of `partialArgs`; one that has no place or value means nothing. */
  push(piece: unknown): void {
    if (!isObject(piece) || typeof piece.jsonPath !== 'string') return
    const path = stepsOf(piece.jsonPath)
    const value = valueOf(piece)
    const last = path?.pop()
    if (!path || last === undefined || value === undefined) return
    let at: Container = this.#root
    for (const [i, step] of path.entries()) at = inside(at, step, path[i + 1] ?? last)
    const before = read(at, last)
    const goesOn = this.#open === piece.jsonPath && typeof before === 'string' && typeof value === 'string'
    write(at, last, goesOn ? before + value : value)
    this.#open = piece.willContinue === true ? piece.jsonPath : ''
  }

  /** The arguments so far, as JSON. */
  get json(): string {
    return JSON.stringify(this.#root)
  }
}

/** The names and places of a path; undefined where it is none. */
function stepsOf(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined
  const steps: (string | number)[] = []
  STEP.lastIndex = 1
  while (STEP.lastIndex < path.length) {
    const step = STEP.exec(path)
    if (!step) return undefined
    const [, name, index, single, double] = step
    const quoted = single ?? double
    steps.push(
      index !== undefined
        ? Number(index)
        : quoted !== undefined
          ? quoted.replaceAll(/\\(.)/g, '$1')
          : (name ?? ''),
    )
  }
  return steps
}

function valueOf({
  stringValue,
  numberValue,
  boolValue,
  nullValue,
}: Readonly<Record<string, unknown>>): unknown {
  if (nullValue !== undefined) return null
  return stringValue ?? numberValue ?? boolValue
}

/** The container at a step, made where there is none. */
function inside(at: Container, step: string | number, next: string | number): Container {
  const there = read(at, step)
  if (typeof there === 'object' && there !== null) return there as Container
  const made: Container = typeof next === 'number' ? [] : {}
  write(at, step, made)
  return made
}

const read = (at: Container, step: string | number): unknown =>
  Array.isArray(at)
    ? typeof step === 'number'
      ? at[step]
      : undefined
    : Object.hasOwn(at, step)
      ? at[step]
      : undefined

function write(at: Container, step: string | number, value: unknown): void {
  // A list grows by one at a time: a far place in it would be filled with nothing up to there.
  if (Array.isArray(at)) at[Math.min(typeof step === 'number' ? step : at.length, at.length)] = value
  else if (step === '__proto__')
    // Assigning it would set the prototype.
    Object.defineProperty(at, step, { value, writable: true, enumerable: true, configurable: true })
  else at[step] = value
}
