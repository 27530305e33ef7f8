/** Gives the calls of one conversation ids that a server takes. */
export interface CallIds {
  /** The id for a call. */
  issue(id: string): string
  /** The id that the latest call of this id was given. */
  of(id: string): string
}

/** Bedrock: "Member must have length less than or equal to 64". */
const LONGEST = 64

/**
 * Ids of letters, digits, `_` and `-`, each once in a conversation, as calls of other servers need not be. Anthropic: "tool_use.id: String
 * should match pattern '^[a-zA-Z0-9_-]+$'", "`tool_use` ids must be unique".
 */
export function callIds(): CallIds {
  const taken = new Set<string>()
  const latest = new Map<string, string>()
  const clean = (id: string): string => id.replaceAll(/[^\w-]/g, '_').slice(-LONGEST) || 'call'
  return {
    issue(id) {
      const first = clean(id)
      let issued = first
      for (let n = 2; taken.has(issued); n++) issued = `${first.slice(0, LONGEST - 6)}_${n}`
      taken.add(issued)
      latest.set(id, issued)
      return issued
    },
    of: (id) => latest.get(id) ?? clean(id),
  }
}
