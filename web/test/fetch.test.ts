import { sha256 } from 'viem'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fetchFile, takeCar } from '../src/files/fetch'
import { forgetMissing, missed } from '../src/files/handed'
import { pack } from '../src/files/ipfs'

const HONEST = 'http://honest.invalid'
const LIAR = 'http://liar.invalid'
const MOST = 600_000

/** What a gateway answers, by its address; and whether it was let go. */
type Gateway = (signal: AbortSignal) => Promise<Response> | Response
let gateways: Record<string, Gateway> = {}
let asked: string[] = []

beforeEach(() => {
  asked = []
  vi.stubGlobal('fetch', async (url: string, { signal }: { signal: AbortSignal }) => {
    asked.push(url)
    return (gateways[new URL(url).origin] as Gateway)(signal)
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  forgetMissing()
})

/** Files of their own, so that none is one that was handed over before. */
let seed = 0
async function file(size = 300_000) {
  seed += 1
  const content = new Uint8Array(size).map((_, place) => (place * 31 + seed) % 251)
  const { cid, car } = await pack(content)
  return { content, cid: cid.toString(), car }
}

const whole = (car: Uint8Array) => () => new Response(car as BodyInit)

/** A body that never ends: a byte, and another one a second later. */
function trickle(signal?: AbortSignal) {
  const told = { cancelled: false, signal }
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((later) => setTimeout(later, 1_000))
      if (!told.cancelled) controller.enqueue(new Uint8Array([1]))
    },
    cancel() {
      told.cancelled = true
    },
  })
  return { response: new Response(stream), told }
}

/** A CAR in which one byte of one block is another. */
function flipped(car: Uint8Array): Uint8Array {
  const other = car.slice()
  const middle = Math.floor(car.length / 2)
  other[middle] = (car[middle] ?? 0) ^ 1
  return other
}

describe('lying gateways', () => {
  const lies: [string, (car: Uint8Array) => Gateway, string][] = [
    ['one flipped byte in a block', (car) => whole(flipped(car)), 'A block is not what its CID says.'],
    ['half of the blocks', (car) => whole(car.slice(0, 120)), ''],
    ['no CAR', () => () => new Response('no CAR at all'), 'It is no CAR.'],
    ['too much', () => whole(new Uint8Array(2 * MOST)), 'The file is larger than it may be.'],
    ['an error', () => () => new Response('', { status: 504 }), 'HTTP 504'],
  ]

  test.each(lies)('%s: named, where there is no other', async (_, lie, reason) => {
    const { cid, car } = await file()
    gateways = { [LIAR]: lie(car) }
    await expect(fetchFile([LIAR], cid, MOST)).rejects.toThrow(`${LIAR}: ${reason}`)
    expect(missed.current()).toEqual([{ cid, maxBytes: MOST }])
  })

  test.each(lies)('%s: passed over, where another one is honest', async (_, lie) => {
    const { content, cid, car } = await file()
    gateways = { [LIAR]: lie(car), [HONEST]: whole(car) }
    expect(sha256(await fetchFile([LIAR, HONEST], cid, MOST))).toBe(sha256(content))
    expect(missed.current()).toEqual([])
  })

  test('a body that trickles without an end: named when its time is over', async () => {
    const { cid } = await file()
    vi.useFakeTimers()
    const endless = trickle()
    gateways = { [LIAR]: () => endless.response }
    const found = expect(fetchFile([LIAR], cid, MOST)).rejects.toThrow(`${LIAR}: It sends too slowly.`)
    await vi.advanceTimersByTimeAsync(300_000)
    await found
    expect(endless.told.cancelled).toBe(true)
  })

  test('a body that trickles without an end: passed over, and let go when another has the file', async () => {
    const { content, cid, car } = await file()
    const endless = trickle()
    let signal: AbortSignal | undefined
    gateways = {
      [LIAR]: (given) => {
        signal = given
        return endless.response
      },
      [HONEST]: whole(car),
    }
    expect(sha256(await fetchFile([LIAR, HONEST], cid, MOST))).toBe(sha256(content))
    await vi.waitFor(() => expect(endless.told.cancelled).toBe(true))
    expect(signal?.aborted).toBe(true)
  })

  test('a gateway that never answers: named when its time is over', async () => {
    const { cid } = await file()
    vi.useFakeTimers()
    gateways = { [LIAR]: () => new Promise<Response>(() => undefined) }
    const found = expect(fetchFile([LIAR], cid, MOST)).rejects.toThrow(`${LIAR}: It sends too slowly.`)
    await vi.advanceTimersByTimeAsync(300_000)
    await found
  })
})

describe('a file from somebody’s hand', () => {
  const blob = (car: Uint8Array) => new Blob([car as BlobPart])

  test('is used instead of a gateway’s, and asked for no longer', async () => {
    const { content, cid, car } = await file()
    gateways = { [LIAR]: whole(flipped(car)) }
    await expect(fetchFile([LIAR], cid, MOST)).rejects.toThrow()
    await takeCar(blob(car), cid, MOST)
    expect(missed.current()).toEqual([])
    asked = []
    expect(sha256(await fetchFile([LIAR], cid, MOST))).toBe(sha256(content))
    expect(asked).toEqual([])
    await expect(fetchFile([LIAR], cid, content.length - 1)).rejects.toThrow(LIAR)
  })

  test('is refused where it is another file, a changed one, too large a one, or none', async () => {
    const [{ cid, car }, other] = [await file(), await file()]
    await expect(takeCar(blob(other.car), cid, MOST)).rejects.toThrow('A block is missing.')
    await expect(takeCar(blob(flipped(car)), cid, MOST)).rejects.toThrow('A block is not what its CID says.')
    await expect(takeCar(blob(car), cid, 200_000)).rejects.toThrow('The file is larger than it may be.')
    await expect(takeCar(blob(new Uint8Array(9)), cid, MOST)).rejects.toThrow('It is no CAR.')
    gateways = { [LIAR]: () => new Response('', { status: 404 }) }
    await expect(fetchFile([LIAR], cid, MOST)).rejects.toThrow('HTTP 404')
  })
})
