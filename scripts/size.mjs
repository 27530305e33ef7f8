// What a person pays who needs one chat: bundled, minified, gzipped. What is imported lazily is in other chunks and not counted.
import { bundle } from './bundle.mjs'
import { ensureDist } from './fresh-dist.mjs'
import { report } from './files.mjs'

const BUDGET = 20_500
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
report(problems)
