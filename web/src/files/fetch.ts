import { CarReader } from '@ipld/car'
import { exporter } from 'ipfs-unixfs-exporter'
import { equals } from 'multiformats/bytes'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { errorWords } from '../words/errors'
import { joined } from './bytes'

/** No gateway gives the file, or what they give is not it. */
export class NotFetched extends Error {
  override name = 'NotFetched'
}

/**
 * Get a file of at most `maxBytes` from whichever gateway has it first; every block is checked against its CID.
 *
 * @throws NotFetched
 */
export async function fetchFile(gateways: readonly string[], cid: string, maxBytes: number): Promise<Uint8Array> {
  const root = CID.parse(cid)
  const reasons: string[] = []
  try {
    return await Promise.any(
      gateways.map(async (gateway) => {
        try {
          return await readCar(await download(gateway, cid, maxBytes), root, maxBytes)
        } catch (error) {
          reasons.push(error instanceof Error ? error.message : String(error))
          throw error
        }
      }),
    )
  } catch {
    throw new NotFetched(reasons[0] ?? errorWords.files.noGateway)
  }
}

/** A file out of a CAR that was handed over, by a gateway or by hand. */
export async function readCar(car: Uint8Array, root: CID, maxBytes: number): Promise<Uint8Array> {
  const reader = await CarReader.fromBytes(car)
  const blocks = new Map<string, Uint8Array>()
  for await (const { cid, bytes } of reader.blocks()) {
    const digest = await sha256.digest(bytes)
    if (cid.multihash.code !== sha256.code || !equals(digest.digest, cid.multihash.digest)) {
      throw new NotFetched(errorWords.files.otherBlock)
    }
    blocks.set(cid.toString(), bytes)
  }
  const store = {
    async *get(cid: CID): AsyncGenerator<Uint8Array> {
      const block = blocks.get(cid.toString())
      if (!block) throw new NotFetched(errorWords.files.noBlock)
      yield block
    },
  }
  const entry = await exporter(root, store as never)
  if (entry.type !== 'file' && entry.type !== 'raw') throw new NotFetched(errorWords.files.noFile)
  if (entry.size > BigInt(maxBytes)) throw new NotFetched(errorWords.files.tooLarge)
  const parts: Uint8Array[] = []
  for await (const part of entry.content()) parts.push(part)
  return joined(parts)
}

async function download(gateway: string, cid: string, maxBytes: number): Promise<Uint8Array> {
  const url = `${gateway.replace(/\/$/, '')}/${cid}?format=car&dag-scope=all`
  const response = await fetch(url, { headers: { accept: 'application/vnd.ipld.car' }, referrerPolicy: 'no-referrer' })
  if (!response.ok || !response.body) throw new NotFetched(errorWords.files.status(response.status))
  const parts: Uint8Array[] = []
  let size = 0
  // Blocks, headers and inner nodes take a little more than the file.
  const most = maxBytes + maxBytes / 16 + 65_536
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > most) {
      await reader.cancel()
      throw new NotFetched(errorWords.files.tooLarge)
    }
    parts.push(value)
  }
  return joined(parts)
}
