// docs/commands.md, made of the help of each command. `--check` only looks whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { report } from './files.mjs'

export const PAGE = 'docs/commands.md'

const HEAD = `# Every command and option

Made of \`--help\` by scripts/command-pages.mjs. [The command line](cli.md) explains them.
`

/** The page for a program of commander, with all commands below it. */
export function pageOf(commands, nameOf) {
  const sections = commands.map((command) => {
    let help = ''
    command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 100 })
    command.outputHelp()
    return `## ${nameOf(command)}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`
  })
  return [HEAD, ...sections].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { ensureDist } = await import('./fresh-dist.mjs')
  await ensureDist()
  // What this person's own variables say is no help for others.
  for (const name of ['NATTER_MODEL', 'NATTER_ECHO', 'REDIS_URL']) delete process.env[name]
  const { allOf, declared, nameOf } = await import(new URL('../dist/cli/args.js', import.meta.url).href)
  const page = pageOf(allOf(declared(() => undefined)), nameOf)
  const isRight = readFileSync(PAGE, 'utf8') === page
  if (!isRight && !process.argv.includes('--check')) writeFileSync(PAGE, page)
  report(
    isRight || !process.argv.includes('--check')
      ? []
      : [`${PAGE} is old; run node scripts/command-pages.mjs`],
  )
}
