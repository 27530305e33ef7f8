/**
 * The values of one section of an INI file, or of one table of a TOML file as far as that is flat: lines of `key = value`, bare or
 * quoted. Lists, tables within tables and texts of several lines are left out. Undefined where there is no such section.
 */
export function fileSection(text: string, name: string): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined
  let isIn = false
  for (const line of text.split(/\r?\n/)) {
    const head = /^\s*\[\s*(["']?)(.+?)\1\s*\]\s*(?:[#;].*)?$/.exec(line)?.[2]
    if (head !== undefined) {
      isIn = head === name
      if (isIn) found ??= new Map()
      continue
    }
    const [, key, written = ''] = (isIn && /^\s*([\w.-]+)\s*=\s*(.*)$/.exec(line)) || []
    const value = key === undefined ? undefined : valueOf(written.trim())
    if (key !== undefined && value !== undefined) found?.set(key, value)
  }
  return found
}

function valueOf(written: string): string | undefined {
  if (/^(?:"""|'''|[[{])/.test(written)) return undefined
  const literal = /^'([^']*)'\s*(?:[#;].*)?$/.exec(written)?.[1]
  if (literal !== undefined) return literal
  const quoted = /^("(?:[^"\\]|\\.)*")\s*(?:[#;].*)?$/.exec(written)?.[1]
  if (quoted !== undefined) return unescaped(quoted)
  return written.replace(/\s[#;].*$/, '').trim()
}

/** TOML's escapes are JSON's, but for `\U` and `\e`. */
function unescaped(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return undefined
  }
}
