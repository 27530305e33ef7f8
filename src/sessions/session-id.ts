import { randomBytes } from 'node:crypto'

const SESSION = /^[0-9a-z]{9}[0-9a-f]{12}$/
const NODE = /^[0-9a-f]{16}$/

/** A new id of a session: the time, so that ids stand in order, and 48 random bits. Only letters and digits: it becomes a file's name. */
export const newSessionId = (now = Date.now()): string =>
  now.toString(36).padStart(9, '0') + randomBytes(6).toString('hex')

/** Whether a text can be a session's id; nothing else ever becomes part of a path. */
export const isSessionId = (id: unknown): id is string => typeof id === 'string' && SESSION.test(id)

/** A new id of a turn. */
export const newNodeId = (): string => randomBytes(8).toString('hex')

/** Whether a value can be a turn's id. */
export const isNodeId = (id: unknown): id is string => typeof id === 'string' && NODE.test(id)
