// Bundles as a person's bundler would, without what is imported only when it is needed: that is in chunks of its own.
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const lazyImportsAreExternal = {
  name: 'lazy imports are external',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    ),
}

/**
 * A program, minified and gzipped: `bytes`, the files that are loaded at once, and what is imported later, as it is written there.
 * Rejects where the program cannot be bundled so.
 */
export async function bundle(contents, platform, resolveDir = process.cwd()) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir, sourcefile: 'entry.js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    platform,
    write: false,
    metafile: true,
    outdir: 'out',
    logLevel: 'silent',
    plugins: [lazyImportsAreExternal],
    // Our tsconfig.json maps `natter` and `#platform` to src; a person has neither.
    tsconfigRaw: {},
  })
  const [{ inputs, imports }] = Object.values(metafile.outputs)
  return {
    bytes: gzipSync(outputFiles[0].contents, { level: 9 }).length,
    files: Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0),
    later: imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path),
  }
}

/** Which dialects a program loads at once, and which with a request, by their names. */
export const dialectsIn = ({ files, later }, names) => ({
  atOnce: names.filter((name) => files.some((file) => file.endsWith(`dist/dialects/${name}.js`))),
  later: names.filter((name) => later.includes(`./${name}.js`)),
})
