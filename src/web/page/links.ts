// Which addresses of a model may become a link or a picture.

/** The address a link may have: absolute, and one that shows a page or writes a letter. */
export function linkOf(href: string): string | undefined {
  // Browsers skip control characters and spaces before a scheme; an address that has any means to deceive.
  if (/[\0-\x20\x7f]/.test(href)) return undefined
  if (!URL.canParse(href)) return undefined
  const url = new URL(href)
  return ['https:', 'http:', 'mailto:'].includes(url.protocol) ? url.href : undefined
}

/** The address of a picture whose bytes are in the address: nothing is fetched for it, and nothing in it can run. */
export const pictureOf = (href: string): string | undefined =>
  /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(href) ? href : undefined

/** An address of this server's own media. */
export const mediaOf = (url: string): string | undefined =>
  /^api\/[\w./-]+$/.test(url) && !url.includes('..') ? url : pictureOf(url)

/** What makes a link of the page lead out of it in a new tab that learns nothing of it; undefined where it may lead nowhere. */
export function anchorProps(
  href: string,
): { href: string; target: string; rel: string; title: string } | undefined {
  const url = linkOf(href)
  // The title says where it really leads, whatever its text says.
  return url === undefined
    ? undefined
    : { href: url, target: '_blank', rel: 'noopener noreferrer nofollow', title: url }
}
