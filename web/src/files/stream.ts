import { inputsAbi } from '@deml/abi'
import { zlibSync } from 'fflate'
import { bytesToHex, encodeFunctionData, type Hex } from 'viem'
import type { Slot, Upload } from '../market/types'

/** Most bytes of an input's payload (docs/protocol.md, "Inputs"). */
export const MAX_PAYLOAD_BYTES = 65_216

/** Packing of a stream: the CAR as it is, or zlib (RFC 1950). */
const CODEC = { car: 0, zlib: 1 } as const

/** Buffers of a sender, by number on the wire. */
const SLOTS: Record<Slot, number> = { 'initial-model': 0, holdout: 1, weights: 2 }

export interface Stream {
  codec: number
  data: Hex
}

/** A CAR as it travels: compressed where that makes it smaller. */
export function streamOf(car: Uint8Array): Stream {
  const smaller = zlibSync(car, { level: 9 })
  return smaller.length < car.length
    ? { codec: CODEC.zlib, data: bytesToHex(smaller) }
    : { codec: CODEC.car, data: bytesToHex(car) }
}

/** Bytes of a hex text. */
export function sizeOf(data: Hex): number {
  return (data.length - 2) / 2
}

/** Room that the ABI leaves for a chunk in an upload, in whole words. */
const CHUNK_BYTES = Math.floor((MAX_PAYLOAD_BYTES - sizeOf(uploadInput(0n, 'weights', 0, '0x'))) / 32) * 32

/** The uploads that bring a stream to one's buffer; what a broken-off upload has brought is not sent again. */
export function uploads(jobId: bigint, slot: Slot, stream: Stream, there: Upload | undefined): Hex[] {
  const digits = stream.data.slice(2)
  const count = Math.ceil(digits.length / (2 * CHUNK_BYTES))
  const sent = there?.nextSeq ?? 0
  const begun = there !== undefined && sent <= count && there.size === Math.min(sent * CHUNK_BYTES, digits.length / 2)
  const inputs: Hex[] = []
  for (let seq = begun ? sent : 0; seq < count; seq += 1) {
    const chunk = `0x${digits.slice(seq * 2 * CHUNK_BYTES, (seq + 1) * 2 * CHUNK_BYTES)}` as Hex
    inputs.push(uploadInput(jobId, slot, seq, chunk))
  }
  return inputs
}

/** What stands in an input where the stream was uploaded before. */
export function uploaded(stream: Stream): Stream {
  return { codec: stream.codec, data: '0x' }
}

function uploadInput(jobId: bigint, slot: Slot, seq: number, chunk: Hex): Hex {
  return encodeFunctionData({ abi: inputsAbi, functionName: 'upload', args: [jobId, SLOTS[slot], seq, chunk] })
}
