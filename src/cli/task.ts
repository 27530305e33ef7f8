import type { Command } from 'commander'
import type { ModelWish } from '../capabilities/model-wish.ts'
import type { NatterConfig } from '../core/config.ts'
import type { Params } from '../core/params.ts'

/** What `natter …` was asked to do with a model. */
export interface AskTask {
  readonly type: 'ask'
  /** The words that are not options. */
  readonly words: readonly string[]
  readonly model: string | undefined
  /** A model in this process: `embedded`, a path, or `hf.co/…`. */
  readonly local: string | undefined
  readonly system: string | undefined
  readonly params: Params
  readonly images: readonly string[]
  readonly stream: boolean
  readonly json: boolean
  readonly baseUrl: string | undefined
  readonly apiKeyEnv: string | undefined
  readonly billTo: string | undefined
  readonly echo: 'none' | 'output' | 'all'
  /** In milliseconds. */
  readonly timeout: number | undefined
  readonly debug: boolean
  /** Whether the conversation is kept. */
  readonly history?: boolean | undefined
  /** The conversation that is gone on with, by its id; '' for the last one. */
  readonly resumed?: string | undefined
  /** A config file instead of the project's; false for none at all. */
  readonly config?: string | false | undefined
  /** The name of a template. */
  readonly template?: string | undefined
  /** The template itself, once the config files are read. */
  readonly prompt?: NamedPrompt
  /** From the config files. */
  readonly tools?: NatterConfig['tools']
}

/** What `natter compare …` was asked to do. */
export interface CompareTask {
  readonly type: 'compare'
  readonly models: readonly string[]
  /** What each is asked, and how. */
  readonly ask: AskTask
}

/** What `natter completion …` was asked to do. */
export interface CompletionTask {
  readonly type: 'completion'
  readonly shell: 'bash' | 'zsh' | 'fish'
  /** All that natter can be asked. */
  readonly program: Command
}

/** A template by its name. */
export interface NamedPrompt {
  readonly name: string
  readonly text: string
}

/** What `natter serve …` was asked to do. */
export interface ServeTask {
  readonly type: 'serve'
  readonly model: string
  readonly host: string
  /** Undefined: the usual one, or any that is free. */
  readonly port: number | undefined
  readonly apiKeyEnv: string | undefined
  readonly allowOrigins: readonly string[]
  readonly contextSize: number | undefined
  readonly threads: number | undefined
  readonly parallel: number | undefined
}

/** What `natter web …` was asked to do. */
export interface WebTask {
  readonly type: 'web'
  readonly host: string
  readonly port: number
  readonly token: string | undefined
  readonly password: string | undefined
  readonly open: boolean
  /** Whether conversations are kept on the disk. */
  readonly history: boolean
  /** Who answers, and how. */
  readonly ask: AskTask
}

/** What `natter login …` was asked to do. */
export interface LoginTask {
  readonly type: 'login'
  readonly clientId: string | undefined
  readonly scopes: readonly string[] | undefined
  /** Whether the token comes from standard input instead. */
  readonly isTokenPiped: boolean
}

/** What `natter logout` was asked to do. */
export interface LogoutTask {
  readonly type: 'logout'
}

/** What `natter whoami …` was asked to do. */
export interface WhoamiTask {
  readonly type: 'whoami'
  readonly json: boolean
}

/** What `natter map …` was asked to do. */
export interface MapTask {
  readonly type: 'map'
  /** The file of the rows. */
  readonly input: string
  readonly prompt: string
  readonly output: string
  /** The file of a JSON Schema. */
  readonly schema: string | undefined
  readonly maxActive: number | undefined
  readonly rpm: number | undefined
  readonly tpm: number | undefined
  /** US dollars. */
  readonly budget: number | undefined
  readonly budgetTokens: number | undefined
  readonly estimate: boolean | undefined
  readonly resume: string | undefined
  readonly progress: boolean
  /** Who answers, and how. */
  readonly ask: AskTask
}

/** What `natter batch submit …` was asked to do. */
export interface BatchSubmitTask {
  readonly type: 'batch-submit'
  /** The file of the rows. */
  readonly input: string
  readonly prompt: string
  /** The file of a JSON Schema. */
  readonly schema: string | undefined
  /** The file that keeps the batch. */
  readonly state: string | undefined
  /** The id of a batch that an interrupted run has handed in; false for none. */
  readonly adopt: string | false | undefined
  readonly ask: AskTask
}

/** What every question about a batch that was handed in can be told. */
export interface BatchAccess {
  /** The file that keeps the batch. */
  readonly state: string
  readonly baseUrl: string | undefined
  readonly apiKeyEnv: string | undefined
  readonly timeout: number | undefined
}

/** What `natter batch status …` and `natter batch cancel …` were asked to do. */
export interface BatchStatusTask extends BatchAccess {
  readonly type: 'batch-status' | 'batch-cancel'
  readonly json: boolean
}

/** What `natter batch fetch …` was asked to do. */
export interface BatchFetchTask extends BatchAccess {
  readonly type: 'batch-fetch'
  /** Undefined for standard output. */
  readonly output: string | undefined
  readonly wait: boolean
  readonly retry: boolean
  /** Whether a file that is there may be replaced. */
  readonly force: boolean
  readonly adopt: string | false | undefined
  readonly progress: boolean
}

/** What `natter models …` was asked to do. */
export interface ModelsTask {
  readonly type: 'models'
  /** A provider, or the id of one model; undefined for what Hugging Face serves. */
  readonly name: string | undefined
  readonly wish: ModelWish
  readonly baseUrl: string | undefined
  readonly apiKeyEnv: string | undefined
  readonly json: boolean
  readonly debug: boolean
}

/** What `natter forget …` was asked to do. */
export interface ForgetTask {
  readonly type: 'forget'
  /** Undefined for all. */
  readonly model: string | undefined
}

/** What `natter doctor …` was asked to do. */
export interface DoctorTask {
  readonly type: 'doctor'
  readonly model: string | undefined
  readonly baseUrl: string | undefined
  /** Whether a request that costs money may be made. */
  readonly spend: boolean
  readonly json: boolean
}

/** What `natter providers …` was asked to do. */
export interface ProvidersTask {
  readonly type: 'providers'
  readonly json: boolean
}

/** What `natter sessions …` was asked to do. */
export type SessionsTask = { readonly type: 'sessions' } & (
  | {
      readonly action: 'list'
      /** Words that are looked for; '' for none. */
      readonly search: string
      readonly limit: number | undefined
      readonly json: boolean
    }
  | { readonly action: 'show'; readonly id: string | undefined; readonly json: boolean }
  | {
      readonly action: 'export'
      readonly id: string | undefined
      readonly format: 'md' | 'html' | 'jsonl'
      readonly output: string | undefined
    }
  | { readonly action: 'rename'; readonly id: string; readonly title: string }
  | { readonly action: 'delete'; readonly ids: readonly string[]; readonly isSure: boolean }
)

/** What `natter config …` was asked to do. */
export interface ConfigTask {
  readonly type: 'config'
  /** Whether the project's config is trusted from now on. */
  readonly trust: boolean
  readonly json: boolean
}

/** What `natter templates …` was asked to do. */
export interface TemplatesTask {
  readonly type: 'templates'
  readonly json: boolean
}
