import { applicationAbi } from '@deml/abi'
import { useQuery } from '@tanstack/react-query'
import { type Address, decodeFunctionData, encodeFunctionData, erc20Abi, type Hex } from 'viem'
import { useConfig } from 'wagmi'
import { readContract } from 'wagmi/actions'
import { useSettings } from '../app/context'
import type { Intent } from '../chain/intent'
import { type Voucher, vouchers } from '../node/outputs'
import { intentWords } from '../words/intents'
import type { Token } from './amounts'
import { withSymbol } from './amounts'

/** A payment of the dapp to an account. */
export interface Payment {
  voucher: Voucher
  token: Address
  to: Address
  amount: bigint
  state: 'confirming' | 'ready' | 'claimed'
}

/** Cartesi's library that ERC-20 payments are delegated to: it fails loudly where a token answers false. */
const SAFE_TRANSFER_ABI = [
  {
    type: 'function',
    name: 'safeTransfer',
    stateMutability: 'nonpayable',
    inputs: [
      { name: 'token', type: 'address' },
      { name: 'to', type: 'address' },
      { name: 'value', type: 'uint256' },
    ],
    outputs: [],
  },
] as const

/** Pause between readings of all payments, which have proofs an epoch after they are made. */
const READ_MS = 20_000

/** All payments to an account, with what has become of them on chain; and the vouchers of all accounts. */
export function usePayments(account: Address | undefined) {
  const settings = useSettings()
  const config = useConfig()
  return useQuery({
    queryKey: ['payments', settings.appAddress, account],
    enabled: account !== undefined,
    refetchInterval: READ_MS,
    queryFn: async (): Promise<{ payments: Payment[]; vouchers: Voucher[] }> => {
      const all = await vouchers(settings)
      const found = all.flatMap((voucher) => {
        const paid = read(voucher)
        return paid && paid.to.toLowerCase() === account?.toLowerCase() ? [{ voucher, ...paid }] : []
      })
      const payments = await Promise.all(
        found.map(async (one): Promise<Payment> => {
          const executed = await readContract(config, {
            address: settings.appAddress,
            abi: applicationAbi,
            functionName: 'wasOutputExecuted',
            args: [BigInt(one.voucher.index)],
          })
          return { ...one, state: executed ? 'claimed' : one.voucher.siblings ? 'ready' : 'confirming' }
        }),
      )
      return { payments, vouchers: all }
    },
  })
}

function read(voucher: Voucher): { token: Address; to: Address; amount: bigint } | undefined {
  try {
    const { args } = decodeFunctionData({ abi: SAFE_TRANSFER_ABI, data: voucher.payload })
    return { token: args[0], to: args[1], amount: args[2] }
  } catch {
    return readTransfer(voucher)
  }
}

function readTransfer(voucher: Voucher): { token: Address; to: Address; amount: bigint } | undefined {
  try {
    const { functionName, args } = decodeFunctionData({ abi: erc20Abi, data: voucher.payload })
    if (functionName !== 'transfer') return undefined
    return { token: voucher.destination, to: args[0], amount: args[1] }
  } catch {
    return undefined // a payment of another kind, such as Ether or a collectible sent back
  }
}

/** Execute payments that are ready; anybody may, and they pay whom they name. */
export function claimIntent(application: Address, payments: readonly Payment[], token: Token): Intent {
  const total = payments.reduce((sum, one) => sum + one.amount, 0n)
  return {
    deed: intentWords.claim.deed(withSymbol(total, token)),
    calls: payments.map((one) => ({ to: application, data: executeData(one.voucher) })),
    becomesPublic: [],
    stays: [],
    otherwise: [intentWords.claim.otherwise],
  }
}

function executeData(voucher: Voucher): Hex {
  return encodeFunctionData({
    abi: applicationAbi,
    functionName: 'executeOutput',
    args: [voucher.raw, { outputIndex: BigInt(voucher.index), outputHashesSiblings: voucher.siblings ?? [] }],
  })
}
