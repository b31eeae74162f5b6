import { toHex } from 'viem'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Settings } from '../src/app/settings'
import { fetchAccount, fetchJob } from '../src/market/fetch'
import { contradicts } from '../src/market/folding'
import { timeText } from '../src/market/times'
import type { Job } from '../src/market/types'
import { call, NodeError } from '../src/node/rpc'

const ME = `0x${'0C'.repeat(20)}` as const
const OTHER = `0x${'0d'.repeat(20)}` as const
const settings = { inspectUrl: 'http://node', appAddress: OTHER } as unknown as Settings

afterEach(() => vi.unstubAllGlobals())

function answering(make: (url: string) => Response) {
  vi.stubGlobal('fetch', async (url: string) => make(url))
}

describe('a node that sends too much', () => {
  it('without an end, and without saying how much: it is let go', async () => {
    let isLetGo = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (flow) => flow.enqueue(new Uint8Array(2 ** 22).fill(32)),
      cancel: () => {
        isLetGo = true
      },
    })
    answering(() => new Response(endless))
    await expect(call('http://node', 'cartesi_listOutputs', {})).rejects.toThrow('too large')
    expect(isLetGo).toBe(true)
  })

  it('a little, packed, that unpacks to a lot: what counts is what there is to read', async () => {
    const bomb = new Blob([new Uint8Array(65 * 2 ** 20)]).stream().pipeThrough(new CompressionStream('gzip'))
    const headers = { 'content-length': '66000' }
    answering(() => new Response(bomb.pipeThrough(new DecompressionStream('gzip')), { headers }))
    await expect(call('http://node', 'cartesi_listOutputs', {})).rejects.toThrow('too large')
  })

  it('letters of several bytes, cut between them, are put together again', async () => {
    const bytes = new TextEncoder().encode('{"result":"zwölf – 十二"}')
    const flow = new ReadableStream<Uint8Array>({
      start(to) {
        for (const one of bytes) to.enqueue(Uint8Array.of(one))
        to.close()
      },
    })
    answering(() => new Response(flow))
    expect(await call('http://node', 'any', {})).toBe('zwölf – 十二')
  })
})

describe('a node that answers about something else', () => {
  const told = (answer: object) =>
    answering(
      () => new Response(JSON.stringify({ status: 'Accepted', reports: [{ payload: toHex(JSON.stringify(answer)) }] })),
    )

  it('another job: what is sent would name that one', async () => {
    told({ asOf: 1, job: { jobId: 8 } })
    await expect(fetchJob(settings, 7)).rejects.toThrow(NodeError)
  })

  it('another account: a balance would be taken out to it', async () => {
    told({ asOf: 1, account: OTHER, balances: [], jobs: { sponsor: [], client: [] }, next: null })
    await expect(fetchAccount(settings, ME)).rejects.toThrow(NodeError)
    told({ asOf: 1, account: ME.toLowerCase(), balances: [], jobs: { sponsor: [], client: [] }, next: null })
    expect((await fetchAccount(settings, ME)).balances).toEqual([])
  })
})

describe('a node that contradicts the notices of a job', () => {
  const terms = { title: 'Tell tumours apart' }
  const indexed = {
    sponsor: OTHER,
    ending: null,
    revealed: true,
    dataCid: 'bafyrows',
    rows: 400,
    terms,
  } as unknown as Job

  it.each([
    ['the same', {}, false],
    ['other rows: whoever scores on them declares a wrong score, and loses the stake', { dataCid: 'bafyother' }, true],
    ['another number of rows', { rows: 401 }, true],
    ['nothing revealed yet, as of an earlier input', { revealed: false, dataCid: null, rows: null }, false],
  ])('%s', (_, change, isContradiction) => {
    expect(contradicts({ ...indexed, ...change } as Job, indexed)).toBe(isContradiction)
  })
})

describe('a time that no date can be of', () => {
  it.each([2 ** 63, -(2 ** 63), Number.NaN, Number.POSITIVE_INFINITY])(
    '%d is shown as none, and nothing breaks',
    (time) => {
      expect(timeText(time)).toBe('–')
    },
  )
})
