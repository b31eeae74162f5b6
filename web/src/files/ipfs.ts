import { CarWriter } from '@ipld/car'
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'
import { joined } from './bytes'

/** Kubo's `ipfs add --cid-version=1`: chunks of 262,144 bytes, raw leaves, 174 links a node. */
const CHUNK_BYTES = 262_144
const LINKS = 174

export interface Packed {
  cid: CID
  /** CARv1 that holds the file's blocks and no others. */
  car: Uint8Array
}

/** A file as IPFS names it and as the dapp takes it. */
export async function pack(content: Uint8Array): Promise<Packed> {
  const blocks = new Map<string, { cid: CID; bytes: Uint8Array }>()
  const store = {
    put: (cid: CID, bytes: Uint8Array): CID => {
      blocks.set(cid.toString(), { cid, bytes })
      return cid
    },
  }
  const options = {
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    chunker: fixedSize({ chunkSize: CHUNK_BYTES }),
    layout: balanced({ maxChildrenPerNode: LINKS }),
  } as const
  let root: CID | undefined
  for await (const entry of importer([{ content }], store as never, options)) root = entry.cid
  if (!root) throw new Error('the importer gave no root')
  return { cid: root, car: await writeCar(root, [...blocks.values()]) }
}

async function writeCar(root: CID, blocks: { cid: CID; bytes: Uint8Array }[]): Promise<Uint8Array> {
  const { writer, out } = CarWriter.create([root])
  const written = (async () => {
    const parts: Uint8Array[] = []
    for await (const part of out) parts.push(part)
    return parts
  })()
  for (const block of blocks) await writer.put(block)
  await writer.close()
  return joined(await written)
}
