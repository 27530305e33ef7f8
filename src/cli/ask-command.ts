import { type Command, Option } from 'commander'
import { type AskFlags, askedBy, orFrom, withAskOptions } from './ask-options.ts'
import { AFTER_HELP } from './help.ts'
import type { AskTask } from './task.ts'
import { collect } from './values.ts'

interface Flags extends AskFlags, Pick<AskTask, 'stream' | 'history'> {
  readonly image?: readonly string[]
  readonly json?: boolean
  readonly echo: AskTask['echo'] | 'text'
  readonly debug?: boolean
  readonly continue?: string | true
  readonly config?: string | boolean
  readonly template?: string
}

const ECHO = new Option(
  '--echo <what>',
  'show none, output (the answer), or all (prompt, thinking, tokens too)',
)
  .choices(['none', 'output', 'text', 'all'])
  .default('output')

/** `natter [options] [prompt...]`. */
export function askCommand(program: Command, found: (task: AskTask) => void): void {
  withAskOptions(
    program
      .description('Chat with models hosted on Hugging Face, anywhere else, or on this machine.')
      .usage('[options] [prompt...]\n       natter serve --local [options]')
      .argument('[prompt...]', 'what to ask; without it, a conversation on a terminal'),
  )
    .option('-i, --image <file>', 'a picture: path, https: or data: URL; repeatable', collect(String))
    .option('-t, --template <name>', 'a prompt with a name from a config file; `natter templates` lists them')
    .option('-c, --continue [id]', 'go on with the last conversation, or with this one')
    .option('--no-history', 'do not keep this conversation')
    .option('--no-stream', 'wait for the whole answer')
    .option('--json', 'print one line of JSON: text, model, servedBy, finish, usage, cost …')
    .addOption(orFrom('NATTER_ECHO', ECHO))
    .option('--config <file>', "a config file instead of the project's")
    .option('--no-config', 'read no config file')
    .option('--debug', 'show each request (keys left out) and the stack of errors')
    .addHelpText('after', AFTER_HELP)
    .action((words: readonly string[], flags: Flags) => {
      const { image: images = [], stream, json = false, debug = false, echo } = flags
      // What was saved says more than a model in the environment.
      const isOverruled = flags.continue !== undefined && program.getOptionValueSource('model') === 'env'
      found({
        type: 'ask',
        words,
        ...askedBy(program, isOverruled ? { ...flags, model: undefined } : flags),
        images,
        stream,
        json,
        echo: echo === 'text' ? 'output' : echo,
        debug,
        history: flags.history,
        template: flags.template,
        config: flags.config === true ? undefined : flags.config,
        resumed: flags.continue === true ? '' : flags.continue,
      })
    })
}
