// Records the terminal as an animated SVG: node scripts/recording.mjs [file]. Needs tmux; the embedded model answers.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureDist } from './fresh-dist.mjs'

const file = process.argv[2] ?? 'docs/pictures/terminal.svg'
const COLUMNS = 80
const ROWS = 22
/** The colours of a terminal, by the digits of SGR. */
const COLOURS = ['#555', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d8d8d2']
/** How often the screen is looked at, in milliseconds. */
const EVERY = 100
/** How long the last picture stays. */
const REST = 4000
/** What is typed, and how long the answer may take. */
const LINES = ['What can you do?', 'My favourite colour is teal.', 'What is my favourite colour?', '/help']

const home = mkdtempSync(join(tmpdir(), 'natter-recording-'))
const socket = join(home, 'tmux')
const tmux = (...args) => execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' })

await ensureDist()
const frames = []
try {
  const env = ['env', '-i', `HOME=${home}`, `PATH=${process.env.PATH}`, 'LANG=C.UTF-8', 'TERM=tmux-256color']
  const command = [...env, process.execPath, resolve('dist/cli/main.js'), '--local']
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), ...command)
  tmux('set-option', '-g', 'status', 'off')
  const started = performance.now()
  const look = () => {
    const screen = tmux('capture-pane', '-p', '-e', '-N')
    if (frames.at(-1)?.screen !== screen)
      frames.push({ at: frames.length === 0 ? 0 : performance.now() - started, screen })
  }
  const watch = async (ms) => {
    for (const end = performance.now() + ms; performance.now() < end; await sleep(EVERY)) look()
  }
  /** Until the screen has not changed for a while. */
  const settled = async () => {
    for (let before; before !== frames.at(-1)?.screen; await watch(1200)) before = frames.at(-1)?.screen
  }
  await settled()
  for (const line of LINES) {
    for (const letter of line) {
      tmux('send-keys', '-l', letter)
      await watch(40)
    }
    tmux('send-keys', 'Enter')
    await settled()
  }
  writeFileSync(file, animated(frames))
  console.log(file)
} finally {
  tmux('kill-server')
  rmSync(home, { recursive: true, force: true })
}

/** Pictures that follow each other, as one SVG without a script. */
function animated(all) {
  const total = all.at(-1).at + REST
  const share = (at) => `${((at / total) * 100).toFixed(2)}%`
  const rules = all.map(({ at }, n) => {
    const steps = [n > 0 && '0%{visibility:hidden}', `${share(at)}{visibility:visible}`]
    if (n < all.length - 1) steps.push(`${share(all[n + 1].at)}{visibility:hidden}`)
    const seconds = (total / 1000).toFixed(1)
    return `@keyframes f${n}{${steps.filter(Boolean).join('')}}.f${n}{animation:f${n} ${seconds}s step-end infinite}`
  })
  const pictures = all.map(({ screen }, n) => `<g class="f f${n}">${drawn(screen)}</g>`)
  const [width, height] = [COLUMNS * 8.4 + 32, ROWS * 18 + 32]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="natter in a terminal">
<style>text{font:14px ui-monospace,Menlo,Consolas,monospace;fill:#d8d8d2;white-space:pre}.f{visibility:hidden}${rules.join('')}</style>
<rect width="100%" height="100%" rx="10" fill="#17181a"/>
${pictures.join('\n')}
</svg>
`
}

/** The lines of a screen with their colours: what SGR says, as far as natter uses it; a style goes on on the next line. */
function drawn(screen) {
  let style = {}
  let out = ''
  for (const [row, line] of screen.split('\n').entries()) {
    let text = ''
    for (const [, codes, words] of `\u001b[m${line}`.matchAll(/\u001b\[([\d;]*)m([^\u001b]*)/g)) {
      if (codes !== '') for (const code of codes.split(';')) style = styled(style, Number(code))
      text +=
        Object.keys(style).length > 0
          ? `<tspan ${attributes(style)}>${escaped(words)}</tspan>`
          : escaped(words)
    }
    if (line.trim() !== '') out += `<text x="16" y="${row * 18 + 30}">${text.trimEnd()}</text>`
  }
  return out
}

function styled(style, code) {
  if (code === 0) return {}
  if (code === 1) return { ...style, 'font-weight': 'bold' }
  if (code === 2) return { ...style, opacity: '0.6' }
  if (code === 3) return { ...style, 'font-style': 'italic' }
  if (code === 4) return { ...style, 'text-decoration': 'underline' }
  if (code === 22) return without(style, 'font-weight', 'opacity')
  if (code === 23) return without(style, 'font-style')
  if (code === 24) return without(style, 'text-decoration')
  if (code >= 30 && code <= 37) return { ...style, fill: COLOURS[code - 30] }
  if (code >= 90 && code <= 97) return { ...style, fill: COLOURS[code - 90] }
  return code === 39 ? without(style, 'fill') : style
}

function without(style, ...names) {
  return Object.fromEntries(Object.entries(style).filter(([name]) => !names.includes(name)))
}

function attributes(style) {
  return Object.entries(style)
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ')
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
