import { CarReader } from '@ipld/car'
import { describe, expect, it } from 'vitest'
import { pack } from '../src/files/ipfs'

describe('files as `ipfs add --cid-version=1` names them', () => {
  it('one block: the vector of the documentation', async () => {
    const { cid } = await pack(new TextEncoder().encode('hello world'))
    expect(cid.toString()).toBe('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
  })

  it.each([
    [1, 'bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu'],
    [262_144, 'bafkreihcplssjx4a7ixm3txfegx65okzxd5iwk4yanaxly44vbuzqoljvy'],
    [262_145, 'bafybeibfhcwpykfpnnswt4qsfbuhlgptzjba53tqe5gol7yjlscqgmwks4'],
    [1_000_000, 'bafybeif6gtkxfgir3hifmorth2x2wxgia2nxmrw7o7eeasswieitkdrk5y'],
  ])('%i bytes: the CID that deml.ipld computes, and a CAR of whole blocks', async (size, known) => {
    const content = new Uint8Array(size).map((_, index) => (index * 31) % 251)
    const { cid, car } = await pack(content)
    expect(cid.toString()).toBe(known)
    const reader = await CarReader.fromBytes(car)
    expect((await reader.getRoots()).map(String)).toEqual([cid.toString()])
    let leaves = 0
    for await (const block of reader.blocks()) if (block.cid.code === 0x55) leaves += block.bytes.length
    expect(leaves).toBe(size)
  })
})
