import { isObject } from '../lib/merge.ts'

type Json = Readonly<Record<string, unknown>>

/** Chat templates and the tokens that they write. */
export interface HubTemplates {
  readonly template?: string
  readonly toolTemplate?: string
  readonly bosToken?: string
  readonly eosToken?: string
}

/** The template in what the Hub says of a model: of a GGUF, of its own file, of its tokenizer, of its processor. */
export function templatesIn({ gguf, config }: Json): HubTemplates {
  const about = isObject(config) ? config : {}
  const tokenizer = isObject(about.tokenizer_config) ? about.tokenizer_config : {}
  const processor = isObject(about.processor_config) ? about.processor_config : {}
  const weights = isObject(gguf) ? gguf : {}
  const named = [
    weights.chat_template,
    about.chat_template_jinja,
    tokenizer.chat_template,
    processor.chat_template,
  ]
    .map(byName)
    .find((templates) => templates.template !== undefined)
  const bosToken = tokenOf(weights.bos_token ?? tokenizer.bos_token)
  const eosToken = tokenOf(weights.eos_token ?? tokenizer.eos_token)
  return {
    ...named,
    ...(bosToken !== undefined && { bosToken }),
    ...(eosToken !== undefined && { eosToken }),
  }
}

/** One template, or a list of `{name, template}`, of which `default` and `tool_use` matter. */
function byName(value: unknown): HubTemplates {
  if (typeof value === 'string') return value.trim() === '' ? {} : { template: value }
  const all = Array.isArray(value) ? value.filter(isObject) : []
  const called = (name: string): string | undefined => {
    const template = all.find((one) => one.name === name)?.template
    return typeof template === 'string' ? template : undefined
  }
  const toolTemplate = called('tool_use')
  const template = called('default') ?? toolTemplate
  return {
    ...(template !== undefined && { template }),
    ...(toolTemplate !== undefined && toolTemplate !== template && { toolTemplate }),
  }
}

/** A token as text, or as an object with its text. */
function tokenOf(value: unknown): string | undefined {
  const text = isObject(value) ? value.content : value
  return typeof text === 'string' ? text : undefined
}
