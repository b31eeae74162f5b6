// A Helia node. Reads a JSON list of jobs from standard input and prints the list of their results:
//   {do: "add", file, chunkBytes, width, cidVersion, rawLeaves, trickle, car}  adds a file, exports its CAR; the root's CID
//   {do: "import", car, cid, out}      imports a CAR and writes the file; the number of bytes
//   {do: "fetch", gateway, cid, out}   fetches a file through a gateway, by HTTP, and writes it; the number of bytes
import { createReadStream, createWriteStream, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { trustlessGateway } from '@helia/block-brokers'
import { car } from '@helia/car'
import { createHeliaHTTP } from '@helia/http'
import { httpGatewayRouting } from '@helia/routers'
import { unixfs } from '@helia/unixfs'
import { CarReader } from '@ipld/car'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced, trickle } from 'ipfs-unixfs-importer/layout'
import { CID } from 'multiformats/cid'

// Helia's queues use it; Node has it from version 22 on.
Promise.withResolvers ??= function () {
  const one = {}
  one.promise = new this((resolve, reject) => Object.assign(one, { resolve, reject }))
  return one
}

const write = (parts, path) => pipeline(Readable.from(parts), createWriteStream(path))

async function count (fs, cid, out) {
  await write(fs.cat(cid), out)
  return Number((await fs.stat(cid)).fileSize ?? (await fs.stat(cid)).size)
}

const actions = {
  async add (node, job) {
    const root = await unixfs(node).addByteStream(createReadStream(job.file), {
      cidVersion: job.cidVersion,
      rawLeaves: job.rawLeaves,
      reduceSingleLeafToSelf: true,
      chunker: fixedSize({ chunkSize: job.chunkBytes }),
      layout: (job.trickle ? trickle : balanced)({ maxChildrenPerNode: job.width })
    })
    await write(car(node).stream(root), job.car)
    return root.toString()
  },
  async import (node, job) {
    await car(node).import(await CarReader.fromBytes(readFileSync(job.car)))
    return await count(unixfs(node), CID.parse(job.cid), job.out)
  },
  async fetch (node, job) {
    return await count(unixfs(node), CID.parse(job.cid), job.out)
  }
}

const results = []
for (const job of JSON.parse(readFileSync(0, 'utf8'))) {
  const gateways = job.gateway ? [job.gateway] : []
  const node = await createHeliaHTTP({
    blockBrokers: gateways.length ? [trustlessGateway({ allowInsecure: true, allowLocal: true })] : [],
    routers: gateways.length ? [httpGatewayRouting({ gateways, shuffle: false })] : []
  })
  results.push(await actions[job.do](node, job))
  await node.stop()
}
console.log(JSON.stringify(results))
