/** Terminals that are known to make links of OSC 8. https://github.com/Alhadis/OSC8-Adoption */
const PROGRAMS = /^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio|Tabby)$/

/** Whether the terminal knows links: where it says so by its name, or `FORCE_HYPERLINK` does. */
export function hasLinks(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const forced = env['FORCE_HYPERLINK']
  if (forced) return forced !== '0' && forced !== 'false'
  if (env['TMUX'] || /^(?:screen|tmux)/.test(env['TERM'] ?? '')) return false
  return (
    PROGRAMS.test(env['TERM_PROGRAM'] ?? '') ||
    /kitty|alacritty|ghostty|foot/.test(env['TERM'] ?? '') ||
    env['WT_SESSION'] !== undefined ||
    Number(env['VTE_VERSION'] ?? 0) >= 5000
  )
}
