/** Where progress is shown. */
export interface ProgressScreen {
  /** The width of the terminal; undefined where it is none. */
  readonly columns: number | undefined
  write(text: string): void
}
