// The tree of a conversation, and the branch of it that is shown. Pure functions.
import type { ToolResult } from '../../core/content.ts'
import type { AssistantTurn, Turn } from '../../core/turn.ts'
import type { NodeView } from '../protocol.ts'

/** The turns of a conversation by id, and those that follow each; those that follow none under `undefined`. */
export interface Tree {
  readonly byId: ReadonlyMap<string, NodeView>
  readonly children: ReadonlyMap<string | undefined, readonly NodeView[]>
}

/** A question and all that came of it: the answers of one or more rounds with their tool results. */
export interface Exchange {
  readonly key: string
  readonly question?: NodeView
  readonly rounds: readonly Round[]
  /** Where the question, and the first of its answers, stand among their versions. */
  readonly questionPlace: Place
  readonly answerPlace: Place
}

/** One answer of the model, and what its calls came to. Servers count calls anew in each answer, so their ids hold for one. */
export interface Round {
  readonly node: AnswerNode
  readonly results: ReadonlyMap<string, ToolResult>
}

interface GrowingRound extends Round {
  readonly results: Map<string, ToolResult>
}

/** The place among versions, counted from 1. */
export interface Place {
  readonly at: number
  readonly of: number
}

/** A turn of the model in the tree. */
export interface AnswerNode extends NodeView {
  readonly turn: AssistantTurn
}

/** The tree of a list of turns in which parents stand before their children. */
export function treeOf(nodes: readonly NodeView[]): Tree {
  const byId = new Map<string, NodeView>()
  const children = new Map<string | undefined, NodeView[]>()
  for (const node of nodes) {
    byId.set(node.id, node)
    const siblings = children.get(node.parent)
    if (siblings) siblings.push(node)
    else children.set(node.parent, [node])
  }
  return { byId, children }
}

/** The turns from the first to `head`. */
export function pathOf({ byId }: Tree, head: string | undefined): readonly NodeView[] {
  const path: NodeView[] = []
  for (let node = byId.get(head ?? ''); node; node = byId.get(node.parent ?? '')) path.push(node)
  return path.reverse()
}

/** The newest turn below one: where a branch ends that goes through it. */
export function leafOf({ children }: Tree, id: string): string {
  let leaf = id
  for (let next = children.get(leaf); next; next = children.get(leaf)) leaf = next.at(-1)?.id ?? leaf
  return leaf
}

/** The versions of a turn, itself among them: turns of the same role at the same place. */
export const versionsOf = ({ children }: Tree, node: NodeView): readonly NodeView[] =>
  (children.get(node.parent) ?? []).filter(({ turn }) => turn.role === node.turn.role)

/** A branch as questions with their answers. */
export function exchangesOf(tree: Tree, head: string | undefined): readonly Exchange[] {
  const exchanges: (Omit<Exchange, 'rounds'> & { rounds: GrowingRound[]; answerPlace: Place })[] = []
  const begin = (node: NodeView, question?: NodeView): void => {
    const questionPlace = question ? placeOf(tree, question) : ONLY
    exchanges.push({
      key: node.id,
      ...(question && { question }),
      rounds: [],
      questionPlace,
      answerPlace: ONLY,
    })
  }
  for (const node of pathOf(tree, head)) {
    if (isAnswer(node)) {
      if (exchanges.length === 0) begin(node)
      const last = exchanges.at(-1)
      if (last?.rounds.length === 0) last.answerPlace = placeOf(tree, node)
      last?.rounds.push({ node, results: new Map() })
      continue
    }
    for (const content of node.turn.contents) {
      if (content.type === 'tool-result') exchanges.at(-1)?.rounds.at(-1)?.results.set(content.id, content)
    }
    if (isQuestion(node.turn)) begin(node, node)
  }
  return exchanges
}

/** Whether two exchanges look the same, so that a long conversation need not be shown anew for each turn. */
export const isSame = (a: Exchange, b: Exchange): boolean =>
  a.question === b.question &&
  a.rounds.length === b.rounds.length &&
  a.rounds.every(
    ({ node, results }, index) =>
      node === b.rounds[index]?.node && results.size === b.rounds[index].results.size,
  ) &&
  isSamePlace(a.questionPlace, b.questionPlace) &&
  isSamePlace(a.answerPlace, b.answerPlace)

const isSamePlace = (a: Place, b: Place): boolean => a.at === b.at && a.of === b.of

const ONLY: Place = { at: 1, of: 1 }

function placeOf(tree: Tree, node: NodeView): Place {
  const versions = versionsOf(tree, node)
  return { at: versions.findIndex(({ id }) => id === node.id) + 1, of: versions.length }
}

const isAnswer = (node: NodeView): node is AnswerNode => node.turn.role === 'assistant'

/** Whether a turn is something a person said, not only the results of tools. */
export const isQuestion = (turn: Turn): boolean =>
  turn.role === 'user' && turn.contents.some(({ type }) => type !== 'tool-result')

/** The totals of the rounds of an answer; what no round tells stays absent. */
export function totalsOf(rounds: readonly Round[]): Totals {
  const sum = (read: (turn: AssistantTurn) => number | undefined): number | undefined => {
    const known = rounds.flatMap(({ node }) => read(node.turn) ?? [])
    return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0)
  }
  return {
    input: sum(({ usage }) => usage?.input),
    output: sum(({ usage }) => usage?.output),
    reasoning: sum(({ usage }) => usage?.reasoning),
    cost: sum(({ cost }) => cost),
    duration: sum(({ duration }) => duration),
  }
}

/** Tokens, US dollars and milliseconds. */
export interface Totals {
  readonly input: number | undefined
  readonly output: number | undefined
  readonly reasoning: number | undefined
  readonly cost: number | undefined
  readonly duration: number | undefined
}
