// What a person pays who needs one chat: bundled, minified, gzipped. What is imported lazily is in other chunks and not counted.
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { ensureDist } from './fresh-dist.mjs'
import { report } from './files.mjs'

const BUDGET = 20_500
const CODE = `import { chatHuggingFace } from 'natter'; console.log(chatHuggingFace)`

const lazyImportsAreExternal = {
  name: 'lazy imports are external',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    ),
}

await ensureDist()
const problems = []
for (const platform of ['node', 'browser']) {
  try {
    const size = await sizeFor(platform)
    const line = `${platform} ${(size / 1000).toFixed(1)} kB`
    if (size > BUDGET) problems.push(`${line} gzipped: ${BUDGET / 1000} kB is the most`)
    else console.log(line)
  } catch (error) {
    problems.push(`${platform}: ${error.message}`)
  }
}
report(problems)

async function sizeFor(platform) {
  const { outputFiles } = await build({
    stdin: { contents: CODE, resolveDir: process.cwd(), sourcefile: 'entry.js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    platform,
    write: false,
    outdir: 'out',
    logLevel: 'silent',
    plugins: [lazyImportsAreExternal],
    // Our tsconfig.json maps `natter` and `#platform` to src; a person has neither.
    tsconfigRaw: {},
  })
  return gzipSync(outputFiles[0].contents).length
}
