/** What follows a backslash, and what it means. */
export const ESCAPES: ReadonlyMap<string, string> = new Map(
  [...'bfnrt"\\/'].map((letter, i) => [letter, '\b\f\n\r\t"\\/'.charAt(i)]),
)
/** A number as JSON has it. */
export const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Whether a UTF-16 unit may stand in a number or a literal. */
export const isScalarUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 57) ||
  (unit >= 97 && unit <= 122) ||
  (unit >= 65 && unit <= 90) ||
  unit === 46 ||
  unit === 45 ||
  unit === 43

/** What is said of a mark that does not belong where it stands, in UTF-16 units. */
export const unexpected = (what: string, position: number): string =>
  `not JSON: unexpected ${JSON.stringify(what.length > 20 ? `${what.slice(0, 20)}…` : what)} at position ${position}`
