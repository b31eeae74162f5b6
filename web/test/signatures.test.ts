import { type Address, concat, encodeAbiParameters, type Hex, sha256, size, slice, stringToHex, toHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { wordOf } from '../src/chain/commitment'
import { deriveSalt, saltData } from '../src/chain/salt'

const OWNER = privateKeyToAccount(generatePrivateKey())
const OTHER = privateKeyToAccount(generatePrivateKey())
const APP = `0x${'0a'.repeat(20)}` as Address

const dataOf = (jobId: number) => saltData('model', 31_337, APP, wordOf(jobId), OWNER.address)
const derived = (sign: (data: ReturnType<typeof dataOf>) => Promise<Hex>, jobId = 7) => deriveSalt(dataOf(jobId), sign)

describe('a salt that the wallet makes again', () => {
  it("is a hash of r and s of the owner's signature, however its recovery id is written", async () => {
    const signature = await OWNER.signTypedData(dataOf(7))
    const salt = sha256(concat([stringToHex('deml.salt.v1'), slice(signature, 0, 64)]))
    const last = Number(slice(signature, 64))
    let times = 0
    const either = async () => {
      times += 1
      return concat([slice(signature, 0, 64), toHex(times === 1 ? last : last - 27, { size: 1 })])
    }
    expect(await derived(OWNER.signTypedData)).toEqual({ value: salt, mustBeKept: false })
    expect(await derived(either)).toEqual({ value: salt, mustBeKept: false })
  })
})

describe('signatures that no salt may be derived from: it is drawn, and to be kept', () => {
  /** As smart accounts wrap theirs: the first two words are the same for everybody. */
  const wrapped = async (data: ReturnType<typeof dataOf>) => {
    const inner = await OTHER.signTypedData(data)
    const tuple = { type: 'tuple', components: [{ type: 'uint256' }, { type: 'bytes' }] } as const
    return encodeAbiParameters([tuple], [[0n, inner]])
  }
  const wallets: [string, (data: ReturnType<typeof dataOf>) => Promise<Hex>][] = [
    ['a smart account, whose signatures begin alike', wrapped],
    ['another account', (data) => OTHER.signTypedData(data)],
    ['other data', () => OWNER.signTypedData(dataOf(8))],
    ['nothing', async () => '0x'],
    ['zeros', async () => `0x${'00'.repeat(65)}`],
    ['64 bytes', async (data) => slice(await OWNER.signTypedData(data), 0, 64)],
    ['one byte more', async (data) => concat([await OWNER.signTypedData(data), '0x00'])],
  ]

  it.each(wallets)('%s', async (_, sign) => {
    const [one, two] = [await derived(sign), await derived(sign)]
    expect([one.mustBeKept, two.mustBeKept]).toEqual([true, true])
    expect(size(one.value)).toBe(32)
    expect(one.value).not.toBe(two.value)
  })

  it('a wallet that turns to another account between the two', async () => {
    let times = 0
    const turning = (data: ReturnType<typeof dataOf>) => {
      times += 1
      return (times % 2 ? OWNER : OTHER).signTypedData(data)
    }
    expect((await derived(turning)).mustBeKept).toBe(true)
  })
})
