import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll } from 'vitest'
import { listen } from '../loopback.ts'

/** Whether there is a redis-server to be started. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

// Where everything is to be tested that is no excuse.
if (!hasRedis && process.env['CI'])
  throw new Error('redis-server is not installed here: apt-get install redis-server')
if (!hasRedis) console.log('queue: its tests are skipped, because redis-server is not installed here')

const running = new Set<RedisServer>()

afterAll(async () => {
  for (const server of running) await server.remove()
})

/** A Redis of the tests' own, whose data are kept on the disk. */
export class RedisServer {
  readonly port: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'natter-redis-'))
  readonly #options: readonly string[]
  #process: ChildProcess | undefined

  private constructor(port: number, options: readonly string[]) {
    this.port = port
    this.#options = options
  }

  /** Starts one on a free port; it is stopped after the file's tests. */
  static async start(...options: readonly string[]): Promise<RedisServer> {
    const place = createServer()
    const port = await listen(place)
    await new Promise((resolve) => place.close(resolve))
    const server = new RedisServer(port, options)
    running.add(server)
    await server.up()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** A client of its own, to look at what is in it. */
  client(): Redis {
    return new Redis(this.url, { maxRetriesPerRequest: null })
  }

  /** All that was ever written to it. */
  written(): string {
    const folder = join(this.#folder, 'appendonlydir')
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('')
  }

  /** Starts it, also after it was killed, with what it had on the disk. */
  async up(): Promise<void> {
    const isSecure = this.#options.includes('--tls-cert-file')
    const ports = isSecure ? ['--port', '0', '--tls-port'] : ['--port']
    const options = [...ports, String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder]
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec']
    this.#process = spawn('redis-server', [...options, ...durable, ...this.#options], { stdio: 'pipe' })
    let said = ''
    this.#process.stdout?.on('data', (piece) => (said += String(piece)))
    while (!said.includes('Ready to accept connections')) {
      if (this.#process.exitCode !== null) throw new Error(`redis-server has ended: ${said}`)
      await sleep(10)
    }
  }

  /** Ends it at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await gone
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
