import { ellmerWay } from './ellmer-way.mjs'

/** With `rpm` set to what the provider takes. */
export const create = (baseUrl) => ellmerWay(baseUrl, 9000)
