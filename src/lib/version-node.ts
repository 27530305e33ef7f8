import { readFileSync } from 'node:fs'

/** The version in package.json; the path is the same from src/lib and from dist/lib. */
export function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}
