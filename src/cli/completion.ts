import type { Command, Option } from 'commander'
import { PROVIDER_NAMES } from '../chats.ts'
import type { CompletionTask } from './task.ts'

/** What may stand behind one command. */
interface Place {
  /** The command with those above it. */
  readonly path: string
  readonly commands: readonly Command[]
  readonly options: readonly Option[]
}

/** Prints what teaches a shell the commands and options, made of the commands themselves, and gives the exit code. */
export function completion({ shell, program }: CompletionTask): number {
  const places = placesOf(program, program.name())
  process.stdout.write(shell === 'fish' ? forFish(places) : forBash(places, shell === 'zsh'))
  return 0
}

const placesOf = (command: Command, path: string): readonly Place[] => [
  { path, commands: command.commands, options: optionsOf(command) },
  ...command.commands.flatMap((below) => placesOf(below, `${path} ${below.name()}`)),
]

const optionsOf = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command)

const flagsOf = ({ short, long }: Option): readonly string[] =>
  [short, long].filter((flag) => flag !== undefined)

/** What only the moment knows, as commands of a shell: short names of models, templates, conversations. */
const LISTS: Readonly<Record<string, string>> = {
  '--model': String.raw`natter config --json 2>/dev/null | grep -o '"name":"aliases\.[^"]*' | cut -c17-`,
  '--template': `natter templates --json 2>/dev/null | grep -o '^{"name":"[^"]*' | cut -c10-`,
  '--continue': `natter sessions --json 2>/dev/null | grep -o '^{"id":"[^"]*' | cut -c8-`,
}

/** What may stand behind an option: its choices, who can be asked, and what a list says. */
function valuesOf({ long, argChoices }: Option): string {
  const words = long === '--model' ? PROVIDER_NAMES.map((name) => `${name}/`) : (argChoices ?? [])
  const list = long !== undefined && LISTS[long]
  return [...words, ...(list ? [`$(${list})`] : [])].join(' ')
}

function forBash(places: readonly Place[], isZsh: boolean): string {
  const below = places.slice(1).map(({ path }) => `'${path}'`)
  const words = places.map(({ path, commands, options }) => {
    const all = [...commands.map((command) => command.name()), ...options.flatMap(flagsOf)]
    return `    '${path}') words='${all.join(' ')}' ;;`
  })
  const values = new Map<string, string>()
  for (const option of places.flatMap(({ options }) => options))
    if (valuesOf(option) !== '') values.set(flagsOf(option).join('|'), valuesOf(option))
  return `${isZsh ? '#compdef natter\nautoload -U +X bashcompinit && bashcompinit\n' : ''}_natter() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path=natter word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
    ${below.join('|')}) path="$path $word" ;;
    esac
  done
  case "$before" in
${[...values].map(([flags, all]) => `    ${flags}) words="${all}" ;;`).join('\n')}
    *) case "$path" in
${words.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _natter natter
`
}

function forFish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, options }) => {
    const [, ...above] = path.split(' ')
    const seen = above.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ')
    const names = commands.map((command) => command.name()).join(' ')
    const isHere = [seen, names && `not __fish_seen_subcommand_from ${names}`].filter(Boolean).join('; and ')
    const when = isHere ? ` -n '${isHere}'` : ''
    return [
      ...commands.map(
        (command) =>
          `complete -c natter${when} -a ${command.name()} -d ${quoted(command.summary() || command.description())}`,
      ),
      ...options.map((option) => {
        const { short, long, description, required } = option
        const values = valuesOf(option)
        return [
          `complete -c natter${when}`,
          short && `-s ${short.slice(1)}`,
          long && `-l ${long.slice(2)}`,
          required && '-r',
          values !== '' && `-a ${quoted(values.replace('$(', '('))}`,
          `-d ${quoted(description)}`,
        ]
          .filter(Boolean)
          .join(' ')
      }),
    ]
  })
  return `${lines.join('\n')}\n`
}

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`
