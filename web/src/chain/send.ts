import { inputBoxAbi } from '@deml/abi'
import { type Hex, parseEventLogs, type TransactionReceipt } from 'viem'
import { waitForTransactionReceipt } from 'viem/actions'
import type { Config } from 'wagmi'
import {
  estimateFeesPerGas,
  estimateGas,
  getCapabilities,
  sendCalls,
  sendTransaction,
  waitForCallsStatus,
} from 'wagmi/actions'
import type { Settings } from '../app/settings'
import { inputOutcome, type Refusal } from '../node/outcome'
import { errorWords } from '../words/errors'
import type { Call, Intent } from './intent'

/** A transaction was included and did nothing. */
export class Reverted extends Error {
  override name = 'Reverted'
}

/** A block that held one of the transactions was replaced by one without it. */
export class Reorganised extends Error {
  override name = 'Reorganised'
}

/** Somebody has put another transaction in the place of this one, in the wallet: it was never included. */
export class Replaced extends Error {
  override name = 'Replaced'
}

/** The dapp took the input and refused it; nothing changed but the network fee. */
export class DappRefused extends Error {
  override name = 'DappRefused'
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** What became of the inputs that an intent sent, in order. */
export interface Sent {
  transactions: Hex[]
  inputs: number[]
}

/** What an intent costs at most, in wei; what waits for an approval is counted by a rule of thumb. */
export async function costOf(config: Config, account: Hex, intent: Intent): Promise<bigint> {
  const { maxFeePerGas } = await estimateFeesPerGas(config)
  let gas = 0n
  for (const [index, call] of intent.calls.entries()) {
    gas += index === 0 ? await estimateGas(config, { account, to: call.to, data: call.data }) : roughGas(call)
  }
  return gas * maxFeePerGas
}

/** Base cost of a transaction and of a deposit's transfers, and of a byte that is not zero, with room to spare. */
const CALL_GAS = 150_000n
const BYTE_GAS = 40n

function roughGas(call: Call): bigint {
  return CALL_GAS + BYTE_GAS * BigInt((call.data.length - 2) / 2)
}

/**
 * Send what an intent says, in one confirmation where the wallet batches (EIP-5792), else one after another; wait until
 * the node has run the inputs.
 *
 * @throws Reverted, Replaced, Reorganised, DappRefused, NodeError, and what the wallet throws
 */
export async function send(
  config: Config,
  settings: Settings,
  account: Hex,
  intent: Intent,
  told: (step: 'wallet' | 'chain' | 'node') => void,
): Promise<Sent> {
  told('wallet')
  const receipts =
    intent.calls.length > 1 && (await batches(config, settings, account))
      ? await sendAtOnce(config, settings, intent, told)
      : await sendInTurn(config, intent, told)
  const added = receipts.flatMap((one) => inputsOf(one, settings))
  told('node')
  for (const one of added) {
    const outcome = await inputOutcome(settings, one.index)
    if (outcome.input !== one.input) throw new Reorganised(errorWords.chain.anotherInput)
    if (outcome.refusal) throw new DappRefused(outcome.refusal)
  }
  return { transactions: receipts.map((one) => one.transactionHash), inputs: added.map((one) => one.index) }
}

async function batches(config: Config, settings: Settings, account: Hex): Promise<boolean> {
  try {
    const found = await getCapabilities(config, { account, chainId: settings.chainId })
    return found.atomic?.status === 'supported' || found.atomic?.status === 'ready'
  } catch {
    return false // a wallet that does not know EIP-5792
  }
}

async function sendAtOnce(
  config: Config,
  settings: Settings,
  intent: Intent,
  told: (step: 'chain') => void,
): Promise<TransactionReceipt[]> {
  const { id } = await sendCalls(config, { calls: intent.calls, chainId: settings.chainId, forceAtomic: true })
  told('chain')
  const status = await waitForCallsStatus(config, { id, throwOnFailure: false })
  if (status.status !== 'success') throw new Reverted(errorWords.chain.didNothing)
  const hashes = [...new Set((status.receipts ?? []).map((one) => one.transactionHash))]
  return Promise.all(hashes.map((hash) => waitForTransactionReceipt(config.getClient(), { hash })))
}

async function sendInTurn(
  config: Config,
  intent: Intent,
  told: (step: 'wallet' | 'chain') => void,
): Promise<TransactionReceipt[]> {
  const receipts: TransactionReceipt[] = []
  for (const call of intent.calls) {
    told('wallet')
    const hash = await sendTransaction(config, { to: call.to, data: call.data })
    told('chain')
    let isAnother = false
    const receipt = await waitForTransactionReceipt(config.getClient(), {
      hash,
      // The same with a higher fee counts; one that does something else does not.
      onReplaced: ({ reason }) => {
        isAnother = reason !== 'repriced'
      },
    })
    if (isAnother) throw new Replaced(errorWords.chain.replaced)
    if (receipt.status !== 'success') throw new Reverted(errorWords.chain.didNothing)
    receipts.push(receipt)
  }
  return receipts
}

/** Inputs of this Application that a transaction added, as the InputBox tells them. */
function inputsOf(receipt: TransactionReceipt, settings: Settings): { index: number; input: Hex }[] {
  return parseEventLogs({ abi: inputBoxAbi, logs: receipt.logs, eventName: 'InputAdded' })
    .filter((log) => log.args.appContract.toLowerCase() === settings.appAddress.toLowerCase())
    .map((log) => ({ index: Number(log.args.index), input: log.args.input }))
}
