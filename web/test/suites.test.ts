import { readFileSync } from 'node:fs'
import { type Address, getAddress } from 'viem'
import { expect, test } from 'vitest'
import { fitsImage } from '../src/chain/suites'

const SDK = readFileSync(new URL('../../sdk/deml_sdk/suites.py', import.meta.url), 'utf8')
const CUSTOM: Address = `0x${'c3'.repeat(20)}`

/** InputBox and ERC20Portal of a suite, as the SDK has them. */
function suite(name: string) {
  const [, text] = SDK.split(`name="${name}"`)
  const address = (part: string) => text?.match(new RegExp(`${part}=Address\\("(0x[0-9a-f]{40})"\\)`))?.[1] as Address
  return { inputBox: address('input_box'), erc20Portal: address('erc20_portal') }
}

const [two, three] = [suite('cartesi-2.2'), suite('cartesi-3.0-alpha')]

test('the suite that the image is built for is taken, however its addresses are written', () => {
  expect(fitsImage(two)).toBe(true)
  expect(fitsImage({ inputBox: getAddress(two.inputBox), erc20Portal: getAddress(two.erc20Portal) })).toBe(true)
})

test("a deployment of one's own is taken, for its image may be, too", () => {
  expect(fitsImage({ inputBox: CUSTOM, erc20Portal: CUSTOM })).toBe(true)
})

test.each([
  three,
  { ...two, erc20Portal: CUSTOM },
  { ...two, inputBox: CUSTOM },
  { ...three, inputBox: CUSTOM },
  { ...two, inputBox: three.inputBox },
])('what the image would credit to nobody is refused: %o', (pair) => {
  expect(fitsImage(pair)).toBe(false)
})
