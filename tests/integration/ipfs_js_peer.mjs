// Makes CARs with the UnixFS importer, codecs and CAR writer of js-ipfs (Helia). Reads a JSON list of jobs from standard
// input, [{file, chunkBytes, width, cidVersion, rawLeaves, car}, ...], and prints the list of the root CIDs.
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { CarBufferWriter } from '@ipld/car'
import * as dagPb from '@ipld/dag-pb'
import { importFile } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'

async function pack ({ file, chunkBytes, width, cidVersion, rawLeaves, car }) {
  const store = new Map()
  const blockstore = { put: async (cid, bytes) => { store.set(cid.toString(), bytes); return cid } }
  const { cid: root } = await importFile({ content: createReadStream(file) }, blockstore, {
    cidVersion,
    rawLeaves,
    reduceSingleLeafToSelf: true,
    chunker: fixedSize({ chunkSize: chunkBytes }),
    layout: balanced({ maxChildrenPerNode: width })
  })

  const blocks = new Map()
  const visit = cid => {
    if (blocks.has(cid.toString())) return
    const bytes = store.get(cid.toString())
    blocks.set(cid.toString(), { cid, bytes })
    if (cid.code === dagPb.code) dagPb.decode(bytes).Links.forEach(link => visit(link.Hash))
  }
  visit(root)

  const size = [...blocks.values()].reduce((sum, { cid, bytes }) => sum + cid.bytes.length + bytes.length + 9, 100)
  const writer = CarBufferWriter.createWriter(new ArrayBuffer(size), { roots: [root] })
  blocks.forEach(block => writer.write(block))
  writeFileSync(car, writer.close({ resize: true }))
  return root.toString()
}

const roots = []
for (const job of JSON.parse(readFileSync(0, 'utf8'))) roots.push(await pack(job))
console.log(JSON.stringify(roots))
