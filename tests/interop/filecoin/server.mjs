// filecoin-pin's own server, as `filecoin-pin server` starts it, with chain.mjs in the place of the chain. Its settings come
// by its own environment variables; it writes its log, a JSON object a line, to standard output.
import { registerHooks } from 'node:module'

const chain = new URL('chain.mjs', import.meta.url).href
// All that the mock takes of vitest.
const vitest = 'data:text/javascript,export const vi = { fn: (made) => made }'

registerHooks({
  resolve (specifier, context, next) {
    if (specifier === '@filoz/synapse-sdk' && context.parentURL !== chain) return { url: chain, shortCircuit: true }
    if (specifier === 'vitest') return { url: vitest, shortCircuit: true }
    return next(specifier, context)
  }
})

const { startServer } = await import('./node_modules/filecoin-pin/dist/server.js')
await startServer()
