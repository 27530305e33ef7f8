import type { ToolCall, ToolResult } from '../core/content.ts'
import type { WebTool } from '../core/builtin-tool.ts'
import type { BuiltinTool, ToolChoice, ToolSpec } from '../core/request.ts'
import type { Tool } from '../core/tool.ts'

/** Decides on a call that needs approval: true lets it run; false, or a reason, refuses it. */
export type Approve = (call: ToolCall, tool: Tool) => boolean | string | Promise<boolean | string>

/** Hears of a call before it runs; throwing `toolReject()` refuses it, any other error ends the chat's answer. */
export type OnToolRequest = (call: ToolCall) => void | Promise<void>

/** Hears what the model will be told of a call. */
export type OnToolResult = (result: ToolResult, call: ToolCall) => void | Promise<void>

/** How a chat runs tools. */
export interface ToolSettings {
  readonly mode: 'concurrent' | 'sequential'
  /** The most answers with calls that one prompt may lead to. */
  readonly maxRounds: number
  /** For each call of a tool without its own limit, in milliseconds; 0 is none. */
  readonly timeout: number
  readonly approve: Approve | undefined
}

/** The tools of a chat, and those who listen to their calls. */
export class Toolbox {
  #told: { readonly tools: readonly Tool[]; readonly specs: readonly ToolSpec[] } = { tools: [], specs: [] }
  #all: ReadonlyMap<string, Tool | WebTool> = new Map()
  readonly settings: ToolSettings
  /** Those that are run here. */
  tools: ReadonlyMap<string, Tool> = new Map()
  readonly onRequest: Set<OnToolRequest>
  readonly onResult: Set<OnToolResult>

  constructor(settings: ToolSettings, tools: Iterable<Tool | WebTool> = []) {
    this.settings = settings
    this.onRequest = new Set()
    this.onResult = new Set()
    this.add(tools)
  }

  /** The tools of both kinds, by the names that no two may share. */
  get all(): ReadonlyMap<string, Tool | WebTool> {
    return this.#all
  }

  /** Those that the provider runs. */
  get builtins(): readonly WebTool[] {
    return [...this.#all.values()].filter(isBuiltin)
  }

  /**
   * Adds tools, all of them or none.
   * @throws TypeError when there is one of that name, unless it is to be replaced
   */
  add(tools: Iterable<Tool | WebTool>, replace = false): void {
    const all = new Map(this.#all)
    for (const tool of tools) {
      if (!isBuiltin(tool) && (typeof tool?.run !== 'function' || typeof tool.input?.check !== 'function'))
        throw new TypeError('a tool is made by tool({ name, description, input, run })')
      if (all.has(tool.name) && !replace)
        throw new TypeError(
          `there is a tool named ${tool.name} already: pass { replace: true } to replace it`,
        )
      all.set(tool.name, tool)
    }
    this.#keep(all)
  }

  /** These tools and no others. */
  set(tools: Iterable<Tool | WebTool>): void {
    this.#keep(new Toolbox(this.settings, tools).#all)
  }

  /** Takes a tool away; false where there was none of that name. */
  remove(name: string): boolean {
    const all = new Map(this.#all)
    const isGone = all.delete(name)
    this.#keep(all)
    return isGone
  }

  #keep(all: ReadonlyMap<string, Tool | WebTool>): void {
    this.#all = all
    this.tools = new Map([...all].filter((one): one is [string, Tool] => !isBuiltin(one[1])))
  }

  /** The same tools and settings, or others, with listeners of its own. */
  clone(settings = this.settings): Toolbox {
    const copy = new Toolbox(settings, this.#all.values())
    for (const listener of this.onRequest) copy.onRequest.add(listener)
    for (const listener of this.onResult) copy.onResult.add(listener)
    return copy
  }

  /** What a model is told of the tools; undefined where there are none. The same value as long as the tools are the same. */
  specs(): readonly ToolSpec[] | undefined {
    if (this.tools.size === 0) return undefined
    const tools = [...this.tools.values()]
    const isKnown =
      tools.length === this.#told.tools.length && tools.every((tool, at) => tool === this.#told.tools[at])
    if (!isKnown) {
      const specs = tools.map(({ name, description, input }) => ({
        name,
        description,
        inputSchema: input.jsonSchema,
      }))
      this.#told = { tools, specs }
    }
    return this.#told.specs
  }

  /** What the provider is told to run; undefined where there is nothing, or no tool may be used. */
  builtinsFor(choice: ToolChoice | undefined): readonly BuiltinTool[] | undefined {
    const { builtins } = this
    return builtins.length > 0 && choice !== 'none' ? builtins : undefined
  }
}

const isBuiltin = (tool: Tool | WebTool): tool is WebTool =>
  typeof (tool as WebTool | undefined)?.demandOf === 'function'
