// Formulas: their TeX until temml is there, which is loaded for the first of them.
import type { typeset } from './typeset.ts'

let loaded: typeof typeset | undefined
let loading: Promise<typeof typeset> | undefined

/** A formula. */
export function formula(tex: string, isBlock: boolean): HTMLElement {
  const box = document.createElement(isBlock ? 'div' : 'span')
  box.className = isBlock ? 'formula block' : 'formula'
  if (isBlock) box.tabIndex = 0
  if (isBlock) box.setAttribute('role', 'group')
  if (isBlock) box.setAttribute('aria-label', 'Formula')
  if (loaded) box.append(loaded(tex, isBlock))
  else {
    box.textContent = tex
    loading ??= import('./typeset.ts').then((module) => (loaded = module.typeset))
    loading.then(
      (set) => box.replaceChildren(set(tex, isBlock)),
      // TeX can be read as well.
      () => (loading = undefined),
    )
  }
  return box
}
