import { notify } from './notices.ts'

/** Puts a text on the clipboard. Whether it is there. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyOldWay(text)
  }
}

/** A page that came over plain HTTP from another machine has no clipboard of its own. */
function copyOldWay(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'off-screen'
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (!isCopied) notify({ text: 'The browser did not let the page copy: select the text instead' })
  return isCopied
}

/** Copies the code above whose button was pressed; blocks of code are made by hand, so one listener serves them all. */
export async function copyCode({ target }: Event): Promise<void> {
  if (!(target instanceof HTMLElement) || !target.matches('.copy-code')) return
  const code = target.closest('.code')?.querySelector('pre')?.textContent ?? ''
  if (!(await copy(code))) return
  target.textContent = 'Copied'
  setTimeout(() => (target.textContent = 'Copy'), 1500)
}
