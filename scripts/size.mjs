// What a person pays who needs one chat: bundled, minified, gzipped. What is imported lazily is in other chunks and not counted.
// And what a browser loads for the page of `natter web`, all of it.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { bundle } from './bundle.mjs'
import { ensureDist } from './fresh-dist.mjs'
import { filesUnder, report } from './files.mjs'

const BUDGET = 20_500
const PAGE_BUDGET = 150_000
const CODE = `import { chatHuggingFace } from 'natter'; console.log(chatHuggingFace)`

await ensureDist()
const problems = []
for (const platform of ['node', 'browser']) {
  try {
    const { bytes } = await bundle(CODE, platform)
    const line = `${platform} ${(bytes / 1000).toFixed(1)} kB`
    if (bytes > BUDGET) problems.push(`${line} gzipped: ${BUDGET / 1000} kB is the most`)
    else console.log(line)
  } catch (error) {
    problems.push(`${platform}: ${error.message}`)
  }
}
const page = filesUnder('dist/web/page').reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
const line = `page ${(page / 1000).toFixed(1)} kB`
if (page > PAGE_BUDGET) problems.push(`${line} gzipped: ${PAGE_BUDGET / 1000} kB is the most`)
else console.log(line)
report(problems)
