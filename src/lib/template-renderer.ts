/** What a chat template made of one conversation: its text, or why it refused. */
export type Rendering = { readonly text: string } | { readonly refusal: string }

/** The variables that a chat template is rendered with, as JSON knows them. */
export type TemplateVariables = Readonly<Record<string, unknown>>

/** A chat template that is rendered where it can do no harm: it is a program of somebody else's. */
export interface TemplateRenderer {
  /** What each set of variables gives, in order; undefined from where the template took too much time, memory or text. */
  render(all: readonly TemplateVariables[]): Promise<readonly (Rendering | undefined)[]>
  /** Ends it at once. */
  close(): void
}

/** Opens a Jinja template; undefined where there is no safe place to render it. */
export type OpenRenderer = (template: string) => Promise<TemplateRenderer | undefined>
