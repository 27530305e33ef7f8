/** What a promise gives; undefined where it takes longer than so many milliseconds. */
export async function within<T>(promise: PromiseLike<T>, limit: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), limit)
    })
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
