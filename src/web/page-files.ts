import { readFileSync, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
/** Names with a hash in them, as Vite gives: what they stand for never changes. */
const HASHED = /^\/assets\/.*-[\w-]{8}\.\w+$/

interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Absent where it is no smaller. */
  readonly gzip?: Uint8Array<ArrayBuffer>
  readonly type: string
}

/** Where the build puts the page: beside this file, or from the sources in `dist`. */
const FOLDERS = ['./page/', '../../dist/web/page/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

/** The page's own files, read once: nothing else of the disk can be asked for. */
export class PageFiles {
  readonly #files = new Map<string, PageFile>()

  /** @throws Error where the page was not built */
  constructor(folder = FOLDERS.find((path) => isFile(join(path, 'index.html')))) {
    if (folder === undefined) throw new Error('The page was not built: run npm run build first.')
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name)
      const type = TYPES[extname(name)]
      if (!type || !isFile(path)) continue
      const bytes = new Uint8Array(readFileSync(path))
      const gzip = new Uint8Array(gzipSync(bytes))
      this.#files.set(`/${name.replaceAll('\\', '/')}`, {
        bytes,
        type,
        ...(gzip.length < bytes.length * 0.9 && { gzip }),
      })
    }
  }

  /** A file of the page, as it is asked for; undefined where there is none of that path. */
  answer(request: Request): Response | undefined {
    const { pathname } = new URL(request.url)
    const file = this.#files.get(pathname === '/' ? '/index.html' : pathname)
    if (!file) return undefined
    const gzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '') ? file.gzip : undefined
    return new Response(gzip ?? file.bytes, {
      headers: {
        'content-type': file.type,
        'cache-control': HASHED.test(pathname) ? 'private, max-age=31536000, immutable' : 'no-cache',
        vary: 'accept-encoding',
        ...(gzip && { 'content-encoding': 'gzip' }),
      },
    })
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true
