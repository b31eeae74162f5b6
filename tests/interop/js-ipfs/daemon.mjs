// js-ipfs with its HTTP API: an implementation of Kubo's RPC that shares no code with Kubo. It has no peers: the libraries
// that npm resolves for it today disagree about addresses, so it can listen nowhere. Writes the address of its RPC to
// standard output; the folder of its repository is named on the command line.
import { create } from 'ipfs-core'
import { HttpApi } from 'ipfs-http-server'

const node = await create({
  repo: process.argv[2],
  silent: true,
  preload: { enabled: false },
  config: {
    Bootstrap: [],
    Discovery: { MDNS: { Enabled: false } },
    Addresses: { Swarm: [], Delegates: [], API: '/ip4/127.0.0.1/tcp/0', Gateway: '/ip4/127.0.0.1/tcp/0' }
  }
})
const api = new HttpApi(node)
await api.start()
console.log(JSON.stringify(api._apiServers[0].info.uri))
