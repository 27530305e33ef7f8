import type { BuiltinTool, ChatRequest, ToolChoice, ToolSpec } from '../core/request.ts'
import type { Quirks } from './dialect.ts'
import { googleSchema } from './gemini-schema.ts'

type Members = Readonly<Record<string, unknown>>

/**
 * `tools` and `toolConfig` of a request.
 * @throws TypeError for a tool of Google's that is to be limited as it cannot be
 */
export function spellTools({ tools = [], builtins = [], toolChoice }: ChatRequest, quirks: Quirks): Members {
  const all = [
    ...(tools.length > 0 ? [{ functionDeclarations: tools.map(spellTool) }] : []),
    ...builtins.map(spellBuiltin),
  ]
  const isMixed = tools.length > 0 && builtins.length > 0
  const config = {
    // "Function calling config is set without function_declarations."
    ...(tools.length > 0 && toolChoice && spellChoice(toolChoice, isMixed)),
    ...(isMixed && quirks.serverToolInvocations && { includeServerSideToolInvocations: true }),
  }
  return {
    ...(all.length > 0 && { tools: all }),
    ...(Object.keys(config).length > 0 && { toolConfig: config }),
  }
}

const spellTool = ({ name, description, inputSchema }: ToolSpec): Members => ({
  name,
  description,
  parametersJsonSchema: googleSchema(inputSchema),
})

/** A limit that cannot be kept is not dropped in silence; where the person is was a hint. */
function spellBuiltin({ type, allowedDomains, blockedDomains, maxUses }: BuiltinTool): Members {
  const limit = Object.entries({ allowedDomains, blockedDomains, maxUses }).find(
    ([, value]) => value !== undefined,
  )
  const name = type === 'web-search' ? 'google_search' : 'url_context'
  if (limit) throw new TypeError(`Google's ${name} cannot be limited: leave out ${limit[0]}`)
  return { [name]: {} }
}

function spellChoice(choice: ToolChoice, isMixed: boolean): Members {
  const config = (mode: string, more: Members = {}): Members => ({ functionCallingConfig: { mode, ...more } })
  if (typeof choice === 'object') return config('ANY', { allowedFunctionNames: [choice.name] })
  if (choice === 'required') return config('ANY')
  if (choice === 'none') return config('NONE')
  // Beside Google's own tools it is VALIDATED that leaves the choice to the model, and AUTO is refused: what is not said is right.
  return isMixed ? {} : config('AUTO')
}
