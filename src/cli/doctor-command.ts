import type { Command } from 'commander'
import { AFTER_DOCTOR_HELP } from './help.ts'
import type { DoctorTask } from './task.ts'
import { httpUrl } from './values.ts'

interface Flags {
  readonly spend?: boolean
  readonly model?: string
  readonly baseUrl?: string
  readonly json?: boolean
}

/** `natter doctor [options]`. */
export function doctorCommand(program: Command, found: (task: DoctorTask) => void): Command {
  return program
    .command('doctor')
    .summary('check what chatting with Hugging Face needs')
    .description('Checks this machine, the token, the account and the model, and says what to mend.')
    .option('--spend', 'also ask the model for one token, which costs a little')
    .option('-m, --model <id>', 'the model to look at (default: the one that chats have)')
    .option('--base-url <url>', 'another server with the same API', httpUrl)
    .option('--json', 'print one line of JSON')
    .option('--debug', 'show the stack of errors')
    .addHelpText('after', AFTER_DOCTOR_HELP)
    .action(({ spend = false, model, baseUrl, json = false }: Flags) =>
      found({ type: 'doctor', model: model?.replace(/^huggingface\//, ''), baseUrl, spend, json }),
    )
}
