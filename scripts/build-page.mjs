// Builds the page of `natter web` from src/web/page into dist/web/page.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** temml as its makers shrink it, a sixth smaller than what a bundler makes of it; it is a script that leaves a variable. */
const smallTemml = {
  name: 'small temml',
  transform: (code, id) => (id.endsWith('temml.min.js') ? `${code}\nexport default temml` : undefined),
}

await build({
  configFile: false,
  root: path('src/web/page'),
  // The page may stand below any path.
  base: './',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The first that know light-dark(), which is kept as it is.
  build: {
    outDir: path('dist/web/page'),
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // Nothing as a data: address, and no inline script: the page's policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  resolve: { alias: { temml: path('node_modules/temml/dist/temml.min.js') } },
  plugins: [smallTemml],
  worker: { format: 'es' },
})
