/** The JSON values of a payload: one, or one a line where a server leaves out the blank line between events. */
export function jsonValues(payload: string, endMark?: string): readonly unknown[] {
  try {
    return [JSON.parse(payload)]
  } catch (error) {
    if (!payload.includes('\n')) throw error
    return payload
      .split('\n')
      .filter((line) => line.trim() !== '' && line !== endMark)
      .map((line): unknown => JSON.parse(line))
  }
}
