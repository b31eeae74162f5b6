import { concat, hexToBytes, keccak256, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { type Holding, holdingProvenance, listProvenance } from '../src/market/holding'

const job = (jobId: number, escrow: string) => ({ job: { jobId, escrow }, clients: [] }) as never

describe('a sum over the jobs of an account', () => {
  const asked = [
    { asked: 10, received: 11 },
    { asked: 11, received: 12 },
  ]
  const standing = { inputs: 3, since: 9, until: 12 }
  const escrows = ({ jobs }: Holding) => jobs.map((one) => [one.job.jobId, one.job.escrow])
  const holding = (...jobs: Holding['jobs']): Holding => ({ jobs, balances: [] })
  const told = holding(job(7, '5'), job(8, '6'))

  test('the same of the same jobs, in whatever order they are told: recomputed', () => {
    const own = { holding: holding(job(8, '6'), job(7, '5')), standing }
    expect(holdingProvenance(asked, told, own, 3, escrows)).toBe('checked')
  })

  test('a job that the node leaves out does not pass, even if it adds nothing to the sum', () => {
    const own = { holding: holding(job(7, '5'), job(8, '6'), job(9, '0')), standing }
    expect(holdingProvenance(asked, told, own, 3, escrows)).toBe('differs')
    expect(holdingProvenance([...asked, { asked: 12, received: 13 }], told, own, 3, escrows)).toBe('node')
  })

  test('a job that the node makes up does not pass, nor two errors that cancel out', () => {
    const less = { holding: holding(job(7, '5')), standing }
    expect(holdingProvenance(asked, told, less, 3, escrows)).toBe('differs')
    const swapped = { holding: holding(job(7, '6'), job(8, '5')), standing }
    expect(holdingProvenance(asked, told, swapped, 3, escrows)).toBe('differs')
  })

  test('a replay that has not come to all inputs vouches for nothing: what the node hides it has not met either', () => {
    const nothing = holding()
    for (const own of [null, { holding: nothing, standing }]) {
      expect(holdingProvenance(asked, nothing, own, 4, escrows)).toBe('node')
    }
    expect(holdingProvenance(asked, nothing, { holding: nothing, standing }, undefined, escrows)).toBe('node')
  })

  test('a balance that the node withholds', () => {
    const owed = { token: '0x07', amount: '9' } as const
    const own = { holding: { jobs: [], balances: [owed] }, standing }
    const balances = (all: Holding) => all.balances
    expect(holdingProvenance(asked, { jobs: [], balances: [owed] }, own, 3, balances)).toBe('checked')
    expect(holdingProvenance(asked, holding(), own, 3, balances)).toBe('differs')
  })
})

describe('a list of outputs, of which payments are some', () => {
  const hashes = [0, 1, 2, 3].map((one) => keccak256(toHex(one, { size: 1 })))
  const own = hexToBytes(concat(hashes))
  const listed = hashes.map((hash, index) => ({ index, hash }))

  test('all of them, in whatever order: recomputed', () => {
    expect(listProvenance([...listed].reverse(), own)).toBe('checked')
  })

  test('another output in one place, or a place without one, differs', () => {
    expect(listProvenance([...listed.slice(0, 3), { index: 3, hash: hashes[0] ?? '0x' }], own)).toBe('differs')
    expect(listProvenance([...listed.slice(0, 1), ...listed.slice(2)], own)).toBe('differs')
    expect(listProvenance(listed.slice(1), own)).toBe('differs')
  })

  test('where one of the two goes on, or there is no replay, it is the node’s word', () => {
    expect(listProvenance(listed.slice(0, 3), own)).toBe('node')
    expect(listProvenance(listed, own.subarray(0, 64))).toBe('node')
    expect(listProvenance(listed, new Uint8Array())).toBe('node')
    expect(listProvenance([], new Uint8Array())).toBe('node')
  })
})
