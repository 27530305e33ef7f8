import { resolve } from 'node:path'
import { build } from 'esbuild'

/** Makes a program of a file that imports `natter`, to be started and killed. */
export async function bundled(file: string, outfile: string): Promise<string> {
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    external: ['@huggingface/jinja'],
    alias: {
      natter: resolve('src/index.ts'),
      '#platform': resolve('src/lib/platform-node.ts'),
      '#transport': resolve('src/providers/transport-node.ts'),
    },
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  })
  return outfile
}
