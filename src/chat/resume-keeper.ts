import type { Schema } from '../core/schema.ts'
import { ChatError } from '../core/errors.ts'
import type { Turn, UserTurn } from '../core/turn.ts'
import type { ParallelResult } from './parallel-result.ts'
import { type KeptItem, ResumeFile } from './resume-file.ts'
import { digest, keyOf, settingsOf } from './resume-key.ts'
import type { Session } from './session.ts'

/** Finds and adds the answers of one run in its file. */
export class ResumeKeeper {
  readonly #file: ResumeFile
  readonly #settings: string
  /** The keys of what is under way. */
  readonly #keys = new Map<number, string>()

  private constructor(file: ResumeFile, settings: string) {
    this.#file = file
    this.#settings = settings
  }

  /** @throws ChatError `busy` or `resume`, TypeError for a file of something else */
  static async open(path: string, session: Session, schema: Schema | undefined): Promise<ResumeKeeper> {
    const settings = settingsOf(session, schema?.jsonSchema)
    return new ResumeKeeper(await ResumeFile.open(path, settings), await digest(settings))
  }

  /** What an earlier run has kept of a prompt. */
  async find(index: number, input: UserTurn): Promise<KeptItem | undefined> {
    const key = await keyOf(this.#settings, input)
    this.#keys.set(index, key)
    return this.#file.take(key)
  }

  /** What was kept of a prompt serves: nothing more will come. */
  forget(index: number): void {
    this.#keys.delete(index)
  }

  /** Keeps a result; one that was stopped is no result. */
  async add(
    { index, attempts, text, cost, error }: ParallelResult<unknown>,
    turns: readonly Turn[],
  ): Promise<void> {
    const key = this.#keys.get(index)
    this.#keys.delete(index)
    if (key === undefined || attempts === 0 || ChatError.is(error, 'aborted')) return
    await this.#file.add({
      key,
      index,
      turns,
      attempts,
      text,
      ...(cost !== undefined && { cost }),
      ...(error && { error: { ...(ChatError.is(error) && { code: error.code }), message: error.message } }),
    })
  }

  /** Lets go of the file. */
  close(isWhole: boolean): Promise<void> {
    return this.#file.close(isWhole)
  }
}
