import type { Address, Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Settings } from '../src/app/settings'
import * as intents from '../src/market/intents'
import type { JobDetail, Terms } from '../src/market/types'

const address = (digit: string) => `0x${digit.repeat(40)}` as Address
const ME = address('1')
const WORD = `0x${'0c'.repeat(32)}` as Hex

const terms = {
  title: 'Tell tumours apart',
  specCid: '',
  initialModelCid: '',
  architecture: '{}',
  metric: 'brier',
  baseline: -250_000,
  holdoutCommitment: WORD,
  rewardToken: address('7'),
  rule: { kind: 'market', target: -100_000, grid: 1_000 },
  commitUntil: 1_000,
  holdoutUntil: 2_000,
  declareUntil: 3_000,
  submitUntil: 4_000,
  maxRounds: 1,
  stake: '5',
  bondBps: 2_000,
  maxParticipants: 8,
  maxModelBytes: 100_000,
  maxHoldoutBytes: 100_000,
  maxRows: 100,
  minRows: 50,
  confidence: 950_000,
  evidenceCut: 0,
  previousJob: 0,
  aggregate: false,
  allowList: [],
  nonce: WORD,
} as Terms
const job = { jobId: 7, escrow: '400', roundUntil: 4_500, dataCid: 'b', terms } as unknown as JobDetail['job']
const detail = { job, clients: [], uploads: [], scorings: [] } as unknown as JobDetail
const settings = { appAddress: address('a'), erc20Portal: address('9') } as Settings
const making = { settings, inputBox: address('b'), token: { symbol: 'DEV', decimals: 18 }, account: ME }
const stream = { codec: 0, data: '0x00' as Hex }

/** Every intent that there is, and the last second at which it does what it says. */
const ALL: { [N in keyof typeof intents]: [intent: ReturnType<(typeof intents)[N]>, until: number | undefined] } = {
  acceptIntent: [intents.acceptIntent(making, job, 0n), 1_000],
  commitIntent: [intents.commitIntent(making, job, WORD), 1_000],
  declareIntent: [intents.declareIntent(making, job, 1, '1', 0n), 3_000],
  submitIntent: [intents.submitIntent(making, detail, ME, 1n, { modelCid: 'b', salt: WORD, stream }), 4_500],
  postIntent: [intents.postIntent(making, terms, 400n, 0n), 1_000],
  topUpIntent: [intents.topUpIntent(making, job, 1n, 0n), 1_000],
  aggregateIntent: [intents.aggregateIntent(making, job), undefined],
  revealIntent: [
    intents.revealIntent(making, detail, ME, { holdoutCid: 'b', salt: WORD, holdout: stream, initial: stream }),
    2_000,
  ],
  cancelIntent: [intents.cancelIntent(making, job), undefined],
  continueIntent: [intents.continueIntent(making, job, ME), undefined],
  settleIntent: [intents.settleIntent(making, job, 'end'), undefined],
  withdrawIntent: [intents.withdrawIntent(making, address('7'), 1n), undefined],
}

describe('every intent', () => {
  it('is on this list', () => {
    expect(Object.keys(ALL).sort()).toEqual(Object.keys(intents).sort())
  })

  it.each(Object.entries(ALL))('%s: is of the account that it was made for, and says how long it holds', (_, one) => {
    const [intent, until] = one
    expect(intent.from).toBe(ME)
    expect(intent.until).toBe(until)
  })
})
