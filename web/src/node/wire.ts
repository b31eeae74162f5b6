import { noticesAbi, outputsAbi } from '@deml/abi'
import { type Abi, type Address, decodeFunctionData, encodeFunctionData, type Hex, parseAbi } from 'viem'
import type { InputMetadata } from '../python/protocol'

/** An input as the InputBox encodes it. */
const EVM_ADVANCE = parseAbi([
  'function EvmAdvance(uint256 chainId, address appContract, address msgSender, uint256 blockNumber, uint256 blockTimestamp, uint256 prevRandao, uint256 index, bytes payload)',
])

/** What an Application calls with its vouchers. */
const TRANSFERS = parseAbi([
  'function safeTransferFrom(address from, address to, uint256 id, bytes data)',
  'function safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] amounts, bytes data)',
])

/** What an Application runs as itself, by a delegate call. */
const SAFE_TRANSFER = parseAbi(['function safeTransfer(address token, address to, uint256 amount)'])

/** An input, decoded here: nobody's word for what it says. */
export interface DecodedInput {
  meta: InputMetadata
  payload: Hex
}

/** Decode an input from its bytes; undefined where they are none that the InputBox could have made. */
export function decodeInput(raw: Hex): DecodedInput | undefined {
  try {
    const { args } = decodeFunctionData({ abi: EVM_ADVANCE, data: raw })
    if (encodeFunctionData({ abi: EVM_ADVANCE, args }) !== raw) return undefined
    const [chainId, app, sender, block, timestamp, , index, payload] = args
    return {
      meta: {
        chain_id: Number(chainId),
        app: app.toLowerCase() as Address,
        sender: sender.toLowerCase() as Address,
        block_number: Number(block),
        timestamp: Number(timestamp),
        index: Number(index),
      },
      payload,
    }
  } catch {
    return undefined // not bytes of this function: the caller names it
  }
}

/**
 * Decode an output to its innermost values and encode them again, by code that shares nothing with the machine's;
 * undefined where it is no output that `IDeML.sol` or a payment is made of.
 */
export function encodedAgain(raw: Hex): Hex | undefined {
  try {
    const outer = decodeFunctionData({ abi: outputsAbi, data: raw })
    switch (outer.functionName) {
      case 'Notice':
        return encode(outputsAbi, 'Notice', [again(noticesAbi, outer.args[0])])
      case 'Voucher': {
        const [destination, value, payload] = outer.args
        const called = payload === '0x' ? payload : again(TRANSFERS, payload)
        return encode(outputsAbi, 'Voucher', [destination, value, called])
      }
      case 'DelegateCallVoucher': {
        const [destination, payload] = outer.args
        return encode(outputsAbi, 'DelegateCallVoucher', [destination, again(SAFE_TRANSFER, payload)])
      }
    }
  } catch {
    return undefined // as above
  }
}

function again(abi: Abi, data: Hex): Hex {
  const { functionName, args } = decodeFunctionData({ abi, data })
  return encode(abi, functionName, args ?? [])
}

function encode(abi: Abi, functionName: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi, functionName, args })
}
