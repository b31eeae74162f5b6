import { CarReader } from '@ipld/car'
import { exporter } from 'ipfs-unixfs-exporter'
import { equals } from 'multiformats/bytes'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { errorWords } from '../words/errors'
import { fileWords } from '../words/files'
import { joined } from './bytes'
import { handedOver, keepHanded, NotFetched, noteFound, noteMissing } from './handed'

/** A gateway that sends less than this is as good as none; and how long all may take besides, in milliseconds. */
const LEAST_BYTES_A_SECOND = 32_768
const PATIENCE_MS = 30_000

/**
 * Get a file of at most `maxBytes` that was handed over, or from whichever gateway has it first; every block is checked
 * against its CID, and those that lose the race are let go.
 *
 * @throws NotFetched with what is wrong with each gateway.
 */
export async function fetchFile(gateways: readonly string[], cid: string, maxBytes: number): Promise<Uint8Array> {
  const root = CID.parse(cid)
  const handed = handedOver(cid)
  if (handed && handed.length <= maxBytes) return handed
  const race = new AbortController()
  const patience = PATIENCE_MS + (1_000 * mostOf(maxBytes)) / LEAST_BYTES_A_SECOND
  const late = setTimeout(() => race.abort(new NotFetched(fileWords.tooSlow)), patience)
  const reasons: string[] = []
  try {
    const file = await Promise.any(
      gateways.map(async (gateway) => {
        try {
          return await readCar(await download(gateway, cid, maxBytes, race.signal), root, maxBytes)
        } catch (error) {
          reasons.push(`${gateway}: ${error instanceof Error ? error.message : error}`)
          throw error
        }
      }),
    )
    noteFound(cid)
    return file
  } catch {
    noteMissing({ cid, maxBytes })
    throw new NotFetched(reasons.join(' ') || errorWords.files.noGateway)
  } finally {
    clearTimeout(late)
    race.abort()
  }
}

/**
 * Take a file from somebody's hand instead of a gateway, as a CAR.
 *
 * @throws NotFetched if it is not what the CID says.
 */
export async function takeCar(car: Blob, cid: string, maxBytes: number): Promise<void> {
  if (car.size > mostOf(maxBytes)) throw new NotFetched(errorWords.files.tooLarge)
  keepHanded(cid, await readCar(new Uint8Array(await car.arrayBuffer()), CID.parse(cid), maxBytes))
}

/** A file out of a CAR that was handed over, by a gateway or by hand. */
async function readCar(car: Uint8Array, root: CID, maxBytes: number): Promise<Uint8Array> {
  const reader = await CarReader.fromBytes(car).catch(() => {
    throw new NotFetched(fileWords.noCar)
  })
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
  let size = 0
  for await (const part of entry.content()) {
    size += part.length
    if (size > maxBytes) throw new NotFetched(errorWords.files.tooLarge)
    parts.push(part)
  }
  return joined(parts)
}

/** Most bytes of a CAR: blocks, headers and inner nodes take a little more than the file. */
function mostOf(maxBytes: number): number {
  return maxBytes + maxBytes / 16 + 65_536
}

async function download(gateway: string, cid: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const url = `${gateway.replace(/\/$/, '')}/${cid}?format=car&dag-scope=all`
  const headers = { accept: 'application/vnd.ipld.car' }
  const gone = new Promise<never>((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)))
  const response = await Promise.race([fetch(url, { headers, referrerPolicy: 'no-referrer', signal }), gone])
  if (!response.ok || !response.body) throw new NotFetched(errorWords.files.status(response.status))
  const reader = response.body.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), gone])
      if (done) return joined(parts)
      size += value.length
      if (size > mostOf(maxBytes)) throw new NotFetched(errorWords.files.tooLarge)
      parts.push(value)
    }
  } finally {
    void reader.cancel().catch(() => undefined) // No more of it is wanted, whether its sender hears that or not.
  }
}
