import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Has a server listen, and gives the port; a host may stand in brackets, as in a URL. Throws what `node:http` says of a port that is taken. */
export const listening = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host.replace(/^\[|\]$/g, ''), () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
