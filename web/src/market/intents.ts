import { inputsAbi } from '@deml/abi'
import { type Address, encodeFunctionData, type Hex, zeroAddress } from 'viem'
import type { Settings } from '../app/settings'
import { depositCalls, type Intent, inputCall } from '../chain/intent'
import { MAX_PAYLOAD_BYTES, type Stream, sizeOf, uploaded, uploads } from '../files/stream'
import { intentWords } from '../words/intents'
import { type Token, withSymbol } from './amounts'
import type { Settling } from './duty'
import { toWire } from './terms'
import { timeText } from './times'
import type { Job, JobDetail, Slot, Terms } from './types'

/** What every intent is made with. */
export interface Making {
  settings: Settings
  inputBox: Address
  token: Token
  /** The wallet's account, whose deed it is. */
  account: Address
}

/** Take part: a deposit of the stake, or a plain input where none is asked for. `allowed` is the portal's allowance. */
export function acceptIntent({ settings, inputBox, token, account }: Making, job: Job, allowed: bigint): Intent {
  const stake = BigInt(job.terms.stake)
  const order = encodeFunctionData({
    abi: inputsAbi,
    functionName: 'accept',
    args: [BigInt(job.jobId), zeroAddress],
  })
  const amount = withSymbol(stake, token)
  const text = intentWords.accept
  return {
    from: account,
    until: job.terms.commitUntil,
    deed: stake > 0n ? text.deed(amount) : text.deedFree,
    calls:
      stake > 0n
        ? depositCalls(settings, job.terms.rewardToken, stake, allowed, order)
        : [inputCall(settings, inputBox, order)],
    becomesPublic: [text.public],
    stays: [text.stays],
    otherwise: stake > 0n ? [text.otherwise(amount), text.late] : [],
  }
}

/** Seal a model: send a hash of it. */
export function commitIntent({ settings, inputBox, account }: Making, job: Job, commitment: Hex): Intent {
  const payload = encodeFunctionData({ abi: inputsAbi, functionName: 'commit', args: [BigInt(job.jobId), commitment] })
  const text = intentWords.commit
  return {
    from: account,
    until: job.terms.commitUntil,
    deed: text.deed,
    calls: [inputCall(settings, inputBox, payload)],
    becomesPublic: [text.public],
    stays: [text.stays],
    otherwise: [text.otherwise(timeText(job.terms.commitUntil))],
  }
}

/** State the sealed model's score and the least pay for which it will be published. */
export function declareIntent(making: Making, job: Job, score: number, scoreShown: string, least: bigint): Intent {
  const { settings, inputBox, token, account } = making
  const args = [BigInt(job.jobId), BigInt(score), least] as const
  const payload = encodeFunctionData({ abi: inputsAbi, functionName: 'declare', args })
  const text = intentWords.declare
  return {
    from: account,
    until: job.terms.declareUntil,
    deed: text.deed(scoreShown),
    calls: [inputCall(settings, inputBox, payload)],
    becomesPublic: [text.public(scoreShown), ...(least > 0n ? [text.publicLeast(withSymbol(least, token))] : [])],
    stays: [text.stays],
    otherwise: [text.otherwise],
  }
}

export interface Delivery {
  modelCid: string
  salt: Hex
  stream: Stream
}

/** Publish a model that is due; what does not fit into one input is uploaded before it. */
export function submitIntent(making: Making, detail: JobDetail, me: Address, pay: bigint, delivery: Delivery): Intent {
  const { settings, inputBox, token, account } = making
  const { job } = detail
  const { modelCid, salt, stream } = delivery
  const body = (weights: Stream) =>
    encodeFunctionData({
      abi: inputsAbi,
      functionName: 'submit',
      args: [BigInt(job.jobId), modelCid, job.dataCid ?? '', salt, weights],
    })
  const payloads = fitted(detail, me, 'weights', stream, body)
  const text = intentWords.submit
  return {
    from: account,
    until: job.roundUntil ?? undefined,
    deed: text.deed(withSymbol(pay, token)),
    calls: payloads.map((one) => inputCall(settings, inputBox, one)),
    becomesPublic: [text.public],
    stays: [text.stays],
    otherwise: [text.otherwise(withSymbol(BigInt(job.terms.stake), token))],
  }
}

/** The input with the stream inside where it fits, else the uploads that are missing and the input without it. */
function fitted(detail: JobDetail, owner: Address, slot: Slot, stream: Stream, body: (stream: Stream) => Hex): Hex[] {
  const whole = body(stream)
  if (sizeOf(whole) <= MAX_PAYLOAD_BYTES) return [whole]
  return [...remaining(detail, owner, slot, stream), body(uploaded(stream))]
}

/** Uploads that a stream still takes, after what its owner has uploaded of it. */
function remaining(detail: JobDetail, owner: Address, slot: Slot, stream: Stream): Hex[] {
  const there = detail.uploads.find((one) => one.sender.toLowerCase() === owner.toLowerCase() && one.slot === slot)
  return uploads(BigInt(detail.job.jobId), slot, stream, there)
}

/** Open a job: a deposit of the escrow that carries the terms. */
export function postIntent(making: Making, terms: Terms, escrow: bigint, allowed: bigint): Intent {
  const { settings, token, account } = making
  const order = encodeFunctionData({ abi: inputsAbi, functionName: 'createJob', args: [toWire(terms)] })
  const text = intentWords.post
  const bond = (escrow * BigInt(terms.bondBps)) / 10_000n
  return {
    from: account,
    until: terms.commitUntil,
    deed: text.deed(withSymbol(escrow, token)),
    calls: depositCalls(settings, terms.rewardToken, escrow, allowed, order),
    becomesPublic: [text.public, text.publicLater(timeText(terms.holdoutUntil))],
    stays: [text.stays],
    otherwise: [text.otherwise(withSymbol(bond, token), timeText(terms.holdoutUntil)), text.cancel],
  }
}

/** Raise a job's reward while it can be joined. `allowed` is the portal's allowance. */
export function topUpIntent({ settings, token, account }: Making, job: Job, amount: bigint, allowed: bigint): Intent {
  const order = encodeFunctionData({ abi: inputsAbi, functionName: 'topUp', args: [BigInt(job.jobId)] })
  const text = intentWords.topUp
  return {
    from: account,
    until: job.terms.commitUntil,
    deed: text.deed(withSymbol(amount, token)),
    calls: depositCalls(settings, job.terms.rewardToken, amount, allowed, order),
    becomesPublic: [text.public(withSymbol(BigInt(job.escrow) + amount, token))],
    stays: [],
    otherwise: [text.otherwise],
  }
}

/** Have the average of a settled job's paid models made and scored; anybody may. */
export function aggregateIntent(making: Making, job: Job): Intent {
  const payload = encodeFunctionData({ abi: inputsAbi, functionName: 'aggregate', args: [BigInt(job.jobId)] })
  return ofOneInput(making, payload, intentWords.aggregate)
}

export interface Opening {
  holdoutCid: string
  salt: Hex
  holdout: Stream
  initial: Stream
}

/** Show the test rows: what does not fit into the input is uploaded before it, the larger file first. */
export function revealIntent(
  { settings, inputBox, account }: Making,
  detail: JobDetail,
  me: Address,
  opening: Opening,
): Intent {
  const { job } = detail
  const body = (holdout: Stream, initial: Stream) =>
    encodeFunctionData({
      abi: inputsAbi,
      functionName: 'revealHoldout',
      args: [BigInt(job.jobId), opening.holdoutCid, opening.salt, holdout, initial],
    })
  let { holdout, initial } = opening
  const payloads: Hex[] = []
  while (sizeOf(body(holdout, initial)) > MAX_PAYLOAD_BYTES) {
    if (sizeOf(holdout.data) >= sizeOf(initial.data)) {
      payloads.push(...remaining(detail, me, 'holdout', holdout))
      holdout = uploaded(holdout)
    } else {
      payloads.push(...remaining(detail, me, 'initial-model', initial))
      initial = uploaded(initial)
    }
  }
  payloads.push(body(holdout, initial))
  const text = intentWords.reveal
  return {
    from: account,
    until: job.terms.holdoutUntil,
    deed: text.deed,
    calls: payloads.map((one) => inputCall(settings, inputBox, one)),
    becomesPublic: [text.public],
    stays: [],
    otherwise: [text.otherwise(timeText(job.terms.holdoutUntil))],
  }
}

/** Take the escrow back while nobody has joined. */
export function cancelIntent(making: Making, job: Job): Intent {
  const payload = encodeFunctionData({ abi: inputsAbi, functionName: 'cancel', args: [BigInt(job.jobId)] })
  return ofOneInput(making, payload, intentWords.cancel)
}

/** Let the scoring go on of what somebody has published, which one input could not finish; anybody may. */
export function continueIntent(making: Making, job: Job, owner: Address): Intent {
  const args = [BigInt(job.jobId), owner, MOST_SLICES] as const
  const payload = encodeFunctionData({ abi: inputsAbi, functionName: 'score', args })
  return ofOneInput(making, payload, intentWords.continue)
}

/** More slices than any scoring has (`MAX_SLICES`): as many as fit are done. */
const MOST_SLICES = 256

/** Bring a job up to date, or end it; anybody may. */
export function settleIntent(making: Making, job: Job, reason: Settling): Intent {
  const payload = encodeFunctionData({ abi: inputsAbi, functionName: 'settle', args: [BigInt(job.jobId)] })
  const text = intentWords.settle
  return ofOneInput(making, payload, { ...text, deed: text.deeds[reason] })
}

/** Take tokens out of one's balance in the dapp, where deposits end up that could not be used, to the wallet itself. */
export function withdrawIntent(making: Making, tokenAddress: Address, amount: bigint): Intent {
  const { token, account } = making
  const payload = encodeFunctionData({
    abi: inputsAbi,
    functionName: 'withdraw',
    args: [tokenAddress, amount, account],
  })
  const text = intentWords.withdraw
  return ofOneInput(making, payload, { ...text, deed: text.deed(withSymbol(amount, token)) })
}

/** An intent of one input, without a deposit. */
function ofOneInput(
  { settings, inputBox, account }: Making,
  payload: Hex,
  text: { deed: string; public?: string; otherwise: string },
): Intent {
  return {
    from: account,
    deed: text.deed,
    calls: [inputCall(settings, inputBox, payload)],
    becomesPublic: text.public === undefined ? [] : [text.public],
    stays: [],
    otherwise: [text.otherwise],
  }
}
