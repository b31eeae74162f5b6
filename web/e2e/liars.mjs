// Servers between the page and a node, or a chain, that change what these answer.
import { createServer } from 'node:http'

const servers = []

/** A server before another one, that changes what it answers. */
export async function liar(target, change) {
  const server = createServer(async (request, response) => {
    // A page asks from another origin.
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*')
    if (request.method === 'OPTIONS') return response.end()
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const asked = JSON.parse(Buffer.concat(chunks).toString())
    const body = JSON.stringify(asked)
    const told = await fetch(target, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    const answer = change(asked, await told.json())
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  servers.push(server)
  return `http://127.0.0.1:${server.address().port}/`
}

export function closeLiars() {
  for (const one of servers.splice(0)) one.close()
}
