import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter()

/** How many columns a text without escape sequences takes in a terminal. */
export const widthOf = (text: string): number =>
  isPlain(text) ? text.length : stringWidth(text, { countAnsiEscapeCodes: true })

/** The characters of a text as a person sees them. */
export function* charactersOf(text: string): Generator<string, void, undefined> {
  if (isPlain(text)) yield* text
  else for (const { segment } of graphemes.segment(text)) yield segment
}

/** The start of a text that fits, with an ellipsis where something is missing. */
export function clipped(text: string, width: number): string {
  // Of what is much too long only the start is looked at.
  const start = text.length > width * 8 ? text.slice(0, width * 8) : text
  if (start === text && widthOf(text) <= width) return text
  let kept = ''
  let used = 0
  for (const character of charactersOf(start)) {
    used += widthOf(character)
    if (used > width - 1) break
    kept += character
  }
  return width > 0 ? `${kept}…` : ''
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
