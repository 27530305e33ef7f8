import temml from 'temml'

const MATHML = 'http://www.w3.org/1998/Math/MathML'
const TAGS = new Set(
  (
    'math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub ' +
    'msubsup msup mtable mtd mtext mtr munder munderover none'
  ).split(' '),
)
const ATTRIBUTES = new Set(
  (
    'accent accentunder columnspan depth display displaystyle fence form height largeop linethickness lspace mathvariant maxsize ' +
    'minsize movablelimits notation rowspan rspace scriptlevel separator stretchy symmetric voffset width'
  ).split(' '),
)
const STYLES =
  /^(color|background-color|padding(-\w+)?|border(-\w+)*|width|height|min-width|text-align|vertical-align|margin(-\w+)?|math-depth|math-style|font-weight|font-style|display)$/
const VALUE = /^[-\w.,%# ()]*$/
const known = new Map<string, Node>()

/** A formula as MathML; its TeX where it cannot be read. Commands that link, load or style are not obeyed. */
export function typeset(tex: string, isBlock: boolean): Node {
  const key = `${isBlock} ${tex}`
  let made = known.get(key)
  if (!made) {
    made = make(tex, isBlock)
    if (known.size > 500) known.clear()
    known.set(key, made)
  }
  return copied(made)
}

function make(tex: string, isBlock: boolean): Node {
  try {
    const options = {
      displayMode: isBlock,
      xml: true,
      throwOnError: true,
      trust: false,
      maxExpand: 200,
      maxSize: [20, 20],
    }
    const xml = temml.renderToString(tex, options as Parameters<typeof temml.renderToString>[1])
    // Read as a style, it would already offend against the page's policy. Quotes in texts are written as entities, so this is the attribute.
    const parsed = new DOMParser().parseFromString(
      xml.replaceAll(' style="', ' data-style="'),
      'text/xml',
    ).documentElement
    if (parsed.localName === 'math') return parsed
  } catch {
    // It is shown as it was written.
  }
  return document.createTextNode(tex)
}

/** A copy with what is known to be harmless. Styles are set one by one, because the page forbids them as attributes. */
function copied(node: Node): Node {
  if (!(node instanceof Element)) return document.createTextNode(node.textContent ?? '')
  if (!TAGS.has(node.localName)) return document.createTextNode(node.textContent)
  const copy = document.createElementNS(MATHML, node.localName) as MathMLElement
  for (const { name, value } of node.attributes) {
    if (name === 'data-style') setStyles(copy, value)
    else if (name === 'class')
      copy.setAttribute(
        'class',
        value
          .split(' ')
          .filter((word) => /^tml-|^math|^m[a-z]+$/.test(word))
          .join(' '),
      )
    else if (ATTRIBUTES.has(name)) copy.setAttribute(name, value)
  }
  for (const child of node.childNodes) copy.append(copied(child))
  return copy
}

function setStyles(target: MathMLElement, styles: string): void {
  for (const rule of styles.split(';')) {
    const [name = '', value = ''] = rule.split(':').map((part) => part.trim())
    if (STYLES.test(name) && VALUE.test(value) && !value.includes('url'))
      target.style.setProperty(name, value)
  }
}
