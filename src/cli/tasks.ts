import type { QueueTask, WorkerTask } from './queue-task.ts'
import type {
  AskTask,
  BatchFetchTask,
  BatchStatusTask,
  BatchSubmitTask,
  CompareTask,
  CompletionTask,
  ConfigTask,
  DoctorTask,
  ForgetTask,
  LoginTask,
  LogoutTask,
  MapTask,
  ModelsTask,
  ProvidersTask,
  ServeTask,
  SessionsTask,
  TemplatesTask,
  WebTask,
  WhoamiTask,
} from './task.ts'

/** What a command line asks for. */
export type Task =
  | AskTask
  | ServeTask
  | WebTask
  | LoginTask
  | LogoutTask
  | WhoamiTask
  | ModelsTask
  | ForgetTask
  | DoctorTask
  | ProvidersTask
  | MapTask
  | CompareTask
  | CompletionTask
  | QueueTask
  | WorkerTask
  | BatchSubmitTask
  | BatchStatusTask
  | BatchFetchTask
  | SessionsTask
  | ConfigTask
  | TemplatesTask
