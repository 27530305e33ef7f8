import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http'
import { listen } from './loopback.ts'

/** What a server of files was asked. */
export interface FileRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

/** A server that is sent bytes, by a script. */
export interface FileServer {
  readonly origin: string
  readonly asked: readonly FileRequest[]
}

/** Starts a server on a free port of its own; it is stopped after the file's tests. */
export async function fileServer(
  script: (reply: ServerResponse, request: FileRequest, origin: string, n: number) => unknown,
): Promise<FileServer> {
  const asked: FileRequest[] = []
  let origin = ''
  const server = createServer((request, reply) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const whole = { method, path: url, headers, bytes: Buffer.concat(pieces) }
      asked.push(whole)
      script(reply, whole, origin, asked.length - 1)
    })
  })
  origin = `http://127.0.0.1:${await listen(server)}`
  return { origin, asked }
}

/** The file and the fields of a form that was sent. */
export async function formIn({ bytes, headers }: FileRequest): Promise<FormData> {
  const type = headers['content-type'] ?? ''
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
}
