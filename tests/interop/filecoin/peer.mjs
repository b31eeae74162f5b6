// The face that a node of one's own shows to other nodes: real Bitswap over TCP, noise and yamux (Helia), for the blocks that
// the gateway named on the command line has. Writes its addresses, one JSON list, to standard output.
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { bitswap } from '@helia/block-brokers'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { BaseBlockstore } from 'blockstore-core'
import { MemoryDatastore } from 'datastore-core'
import { createHelia } from 'helia'
import { NotFoundError } from 'interface-store'
import { createLibp2p } from 'libp2p'

const gateway = process.argv[2]

class GatewayBlocks extends BaseBlockstore {
  async #ask (cid) {
    const answer = await fetch(`${gateway}/ipfs/${cid}?format=raw`)
    const block = new Uint8Array(await answer.arrayBuffer())
    return answer.ok ? block : undefined
  }

  async has (cid) {
    return await this.#ask(cid) !== undefined
  }

  async * get (cid) {
    const block = await this.#ask(cid)
    if (block === undefined) throw new NotFoundError()
    yield block
  }
}

const libp2p = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify() }
})
await createHelia({
  libp2p,
  blockstore: new GatewayBlocks(),
  datastore: new MemoryDatastore(),
  blockBrokers: [bitswap()]
})
console.log(JSON.stringify(libp2p.getMultiaddrs().map(String)))
