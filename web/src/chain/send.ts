import { inputBoxAbi } from '@deml/abi'
import { type Hex, isAddressEqual, parseEventLogs, type TransactionReceipt } from 'viem'
import { waitForTransactionReceipt } from 'viem/actions'
import type { Config } from 'wagmi'
import {
  estimateFeesPerGas,
  estimateGas,
  getBlock,
  getCapabilities,
  sendCalls,
  sendTransaction,
  waitForCallsStatus,
} from 'wagmi/actions'
import type { Settings } from '../app/settings'
import { inputOutcome, type Refusal } from '../node/outcome'
import { decodeInput } from '../node/wire'
import { errorWords } from '../words/errors'
import { type AskedInput, type Call, type Intent, inputsAsked } from './intent'

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

/** What was included is not what was asked for: the wallet sent something else, or it was replaced by something else. */
export class NotAsAsked extends Error {
  override name = 'NotAsAsked'
}

/** Its time is over: it would do nothing any more, or harm. Nothing of it was sent since. */
export class TooLate extends Error {
  override name = 'TooLate'
}

/** The wallet is another account's than the one that the deed was made for. */
export class OtherAccount extends Error {
  override name = 'OtherAccount'
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
 * the node has run the inputs. Done is only what the chain shows: each input that was asked for, from who asked for it.
 *
 * @throws Reverted, Replaced, Reorganised, NotAsAsked, TooLate, OtherAccount, DappRefused, NodeError; what the wallet throws
 */
export async function send(
  config: Config,
  settings: Settings,
  account: Hex,
  intent: Intent,
  told: (step: 'wallet' | 'chain' | 'node') => void,
): Promise<Sent> {
  if (intent.from && !isAddressEqual(intent.from, account)) throw new OtherAccount(errorWords.chain.otherAccount)
  const sending: Sending = { config, chainId: settings.chainId, account, intent, told }
  const receipts =
    intent.calls.length > 1 && (await batches(config, settings, account))
      ? await sendAtOnce(sending)
      : await sendInTurn(sending)
  const added = inputsAdded(receipts, settings, inputsAsked(intent.calls, account))
  told('node')
  for (const one of added) {
    const outcome = await inputOutcome(settings, one.index)
    if (outcome.input !== one.input) throw new Reorganised(errorWords.chain.anotherInput)
    if (outcome.refusal) throw new DappRefused(outcome.refusal)
  }
  return { transactions: receipts.map((one) => one.transactionHash), inputs: added.map((one) => one.index) }
}

interface Sending {
  config: Config
  chainId: number
  account: Hex
  intent: Intent
  told: (step: 'wallet' | 'chain') => void
}

/** Before the wallet is asked, each time: a user may have thought long, or the one before took its time. */
async function askWallet({ config, chainId, intent, told }: Sending): Promise<void> {
  told('wallet')
  if (intent.until === undefined) return
  const { timestamp } = await getBlock(config, { chainId })
  if (timestamp > BigInt(intent.until)) throw new TooLate(errorWords.chain.tooLate)
}

async function batches(config: Config, settings: Settings, account: Hex): Promise<boolean> {
  try {
    const found = await getCapabilities(config, { account, chainId: settings.chainId })
    return found.atomic?.status === 'supported' || found.atomic?.status === 'ready'
  } catch {
    return false // a wallet that does not know EIP-5792
  }
}

async function sendAtOnce(sending: Sending): Promise<TransactionReceipt[]> {
  const { config, chainId, account, intent, told } = sending
  await askWallet(sending)
  const { id } = await sendCalls(config, { account, calls: intent.calls, chainId, forceAtomic: true })
  told('chain')
  const status = await waitForCallsStatus(config, { id, throwOnFailure: false })
  if (status.status !== 'success') throw new Reverted(errorWords.chain.didNothing)
  const hashes = [...new Set((status.receipts ?? []).map((one) => one.transactionHash))]
  return Promise.all(hashes.map((hash) => receiptOf(config, hash)))
}

async function sendInTurn(sending: Sending): Promise<TransactionReceipt[]> {
  const { config, chainId, account, intent, told } = sending
  const receipts: TransactionReceipt[] = []
  for (const call of intent.calls) {
    await askWallet(sending)
    const hash = await sendTransaction(config, { account, chainId, to: call.to, data: call.data })
    told('chain')
    receipts.push(await receiptOf(config, hash))
  }
  return receipts
}

async function receiptOf(config: Config, hash: Hex): Promise<TransactionReceipt> {
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
  return receipt
}

interface AddedInput {
  index: number
  input: Hex
}

/** Where the inputs that were asked for stand, in order; a batch may have added strangers' as well. */
function inputsAdded(
  receipts: readonly TransactionReceipt[],
  settings: Settings,
  asked: readonly AskedInput[],
): AddedInput[] {
  const added = receipts.flatMap((one) => inputsOf(one, settings))
  return asked.map(({ sender, payload }) => {
    const place = added.findIndex(({ input }) => {
      const read = decodeInput(input)
      return read && isAddressEqual(read.meta.sender, sender) && read.payload === payload.toLowerCase()
    })
    const [found] = place < 0 ? [] : added.splice(place, 1)
    if (!found) throw new NotAsAsked(errorWords.chain.notAsAsked)
    return found
  })
}

/** Inputs of this Application that a transaction added, as the InputBox tells them. */
function inputsOf(receipt: TransactionReceipt, settings: Settings): AddedInput[] {
  return parseEventLogs({ abi: inputBoxAbi, logs: receipt.logs, eventName: 'InputAdded' })
    .filter((log) => isAddressEqual(log.args.appContract, settings.appAddress))
    .map((log) => ({ index: Number(log.args.index), input: log.args.input }))
}
