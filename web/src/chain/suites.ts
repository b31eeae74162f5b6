import { type Address, isAddressEqual } from 'viem'

interface Pair {
  inputBox: Address
  erc20Portal: Address
}

/** Suite cartesi-2.2, which the dapp's image is built for. */
const OF_IMAGE: Pair = {
  inputBox: '0x1b51e2992a2755ba4d6f7094032df91991a0cfac',
  erc20Portal: '0xaca6586a0cf05bd831f2501e7b4aea550da6562d',
}

/** Suite cartesi-3.0-alpha, which is known so that it is refused. */
const OTHER: Pair = {
  inputBox: '0x346b3df038fe9f8380071ec6514d5a83ad143939',
  erc20Portal: '0x22e57511c30cce6cdaa742e13ce3b774fdc663b1',
}

/**
 * Whether the dapp's image could credit deposits of a portal: it is the image's own, or of no suite known here, which may
 * be what another image was built for. As `fits_image` of the SDK.
 */
export function fitsImage({ inputBox, erc20Portal }: Pair): boolean {
  const known = [OF_IMAGE, OTHER].some(
    (one) => isAddressEqual(one.inputBox, inputBox) || isAddressEqual(one.erc20Portal, erc20Portal),
  )
  return !known || (isAddressEqual(OF_IMAGE.inputBox, inputBox) && isAddressEqual(OF_IMAGE.erc20Portal, erc20Portal))
}
