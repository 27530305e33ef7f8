import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { BIN, HOME } from './command.ts'

/** Whether there is a tmux to play the terminal. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0

/** A terminal with the command or another program in it, and a shell that says its exit code when it is over. */
export class Screen {
  readonly #socket = `natter-test-${process.pid}-${Math.random().toString(36).slice(2)}`

  constructor(args: string, env: Readonly<Record<string, string>> = {}, program = BIN) {
    const variables = Object.entries({ HOME, ...env }).map(([name, value]) => `${name}='${value}'`)
    const command = `env -u HF_TOKEN ${variables.join(' ')} '${process.execPath}' '${program}' ${args}; echo "left with $?"; sleep 60`
    // Nothing of the tester's own tmux set-up, and no server shared with it.
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '40', command)
  }

  /** Presses keys: text as it stands, or tmux's names such as `Enter` and `C-c`. */
  keys(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys)
  }

  /** Pastes text as a terminal does. */
  paste(text: string): void {
    this.#tmux('set-buffer', text)
    this.#tmux('paste-buffer', '-p')
  }

  /** What is on the screen. */
  text(): string {
    return this.#tmux('capture-pane', '-p').trimEnd()
  }

  /** Waits until something is on the screen. */
  async shows(wanted: string | RegExp, limit = 15_000): Promise<string> {
    const end = performance.now() + limit
    for (;;) {
      const text = this.text()
      if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return text
      if (performance.now() > end) throw new Error(`never on the screen: ${String(wanted)}\n${text}`)
      await sleep(50)
    }
  }

  /** Takes the terminal away. */
  close(): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server'])
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8', stdio: 'pipe' })
  }
}
