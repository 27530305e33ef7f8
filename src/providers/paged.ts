/** More pages than any list has. */
const MOST_PAGES = 100

/** A page of a list, and what to ask for to get the next; undefined at the end. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | undefined
}

/** All items of a list that comes in pages. A server that gives the same page again is asked no more. */
export async function allPages<T>(
  page: (mark: string | undefined) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = []
  const seen = new Set<string | undefined>()
  let mark: string | undefined
  while (!seen.has(mark) && seen.size < MOST_PAGES) {
    seen.add(mark)
    const { items: found, next } = await page(mark)
    items.push(...found)
    if (next === undefined) break
    mark = next
  }
  return items
}
