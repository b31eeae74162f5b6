// Jobs in every state that there is, for a made-up market: who joined, sealed, declared, was due, paid, refuted or failed,
// and every ending.
import { NOW } from './fake.mjs'

const DEV = 10n ** 18n
const HOUR = 3_600
const address = (number) => `0x${number.toString(16).padStart(40, '0')}`
const word = (number) => `0x${number.toString(16).padStart(64, '0')}`

/** The wallet that the tests connect. */
export const ME = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8'

/** Windows that begin at `commit`, an hour each. */
const times = (commit) => ({
  commitUntil: commit,
  holdoutUntil: commit + HOUR,
  declareUntil: commit + 2 * HOUR,
  submitUntil: commit + 3 * HOUR,
})

/** A client of a job, as the dapp tells of it. */
export const client = (number, standing, more = {}) => ({
  client: address(0x3b91_0000 + number * 7_919),
  payTo: address(0x3b91_0000 + number * 7_919),
  stake: String(100n * DEV),
  standing,
  commitment: word(number),
  order: number,
  declared: null,
  score: null,
  minPay: '0',
  due: null,
  modelCid: null,
  scoredBy: null,
  payout: null,
  ...more,
})

const payout = (pay, stake = 100n, compensation = 0n) => ({
  client: ME,
  payTo: ME,
  pay: String(pay * DEV),
  stake: String(stake * DEV),
  compensation: String(compensation * DEV),
})

const ended = (ending, more = {}) => ({
  phase: 'ended',
  ending,
  sponsorRefund: String(1_000n * DEV),
  burnt: '0',
  ...more,
})

const revealed = { revealed: true, dataCid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', rows: 500 }

/** Who is who once dues are fixed: everything that can become of a client, with the wallet's own part. */
const DUE = [
  client(1, 'verified', { declared: 885_000, score: 887_000, due: String(560n * DEV), modelCid: 'bafy1', scoredBy: 9 }),
  client(2, 'not-due', { declared: 800_000 }),
  client(3, 'due', { declared: 915_000, due: String(200n * DEV), client: ME }),
  client(4, 'not-due', { declared: 885_000 }),
  client(5, 'waived', { declared: 916_000, minPay: String(80n * DEV) }),
  client(6, 'refuted', { declared: 930_000, score: 861_000 }),
  client(7, 'failed', { declared: 940_000 }),
  client(8, 'not-due', { declared: 800_400 }),
  client(9, 'committed'),
  client(10, 'accepted', { commitment: null, order: null }),
]

/** States of the newest jobs of a market of `count`, by number; jobs with an odd number are measured by accuracy. */
export function stages(count) {
  const odd = count % 2 ? count : count - 1
  const at = (place) => odd - 2 * place
  return {
    [at(0)]: {
      // Its round starts from the best of the last.
      terms: { ...times(NOW - 2.5 * HOUR), previousJob: at(1) },
      job: {
        phase: 'submit',
        ...revealed,
        round: 2,
        roundUntil: NOW + HOUR / 2,
        participants: 10,
        committed: 9,
        declared: 8,
      },
      clients: DUE,
      campaign: {
        rounds: [round(at(0), null, 'submit', null), round(at(1), 'settled', 'ended', 800_000)],
      },
    },
    [at(1)]: {
      terms: { ...times(NOW - 9 * HOUR), baseline: 700_000, rule: { kind: 'market', target: 850_000, grid: 1_000 } },
      job: ended('settled', {
        ...{ ...revealed, round: 1, participants: 4, committed: 4, declared: 4 },
        ...{ sponsorRefund: String(310n * DEV), burnt: String(100n * DEV) },
      }),
      clients: [
        client(1, 'paid', { declared: 772_000, score: 774_000, due: String(480n * DEV), payout: payout(480n) }),
        client(2, 'paid', {
          declared: 798_000,
          due: String(200n * DEV),
          score: 800_000,
          client: ME,
          payout: payout(210n),
        }),
        client(3, 'not-due', { declared: 700_000, payout: payout(0n) }),
        client(4, 'failed', { declared: 840_000, payout: payout(0n, 0n) }),
      ],
    },
    [at(2)]: { terms: times(NOW - 9 * HOUR), job: ended('cancelled') },
    [at(3)]: { terms: times(NOW - 9 * HOUR), job: ended('nobody-accepted') },
    [at(4)]: {
      terms: times(NOW - 9 * HOUR),
      job: ended('nobody-committed', { participants: 1 }),
      clients: [client(1, 'accepted', { commitment: null, order: null, payout: payout(0n) })],
    },
    [at(5)]: {
      terms: times(NOW - 9 * HOUR),
      job: ended('holdout-not-revealed', { participants: 2, committed: 2, sponsorRefund: String(800n * DEV) }),
      clients: [
        client(1, 'committed', { payout: payout(0n, 100n, 100n) }),
        client(2, 'committed', { payout: payout(0n, 100n, 100n), client: ME }),
      ],
    },
    [at(6)]: {
      terms: times(NOW - 9 * HOUR),
      job: ended('nobody-declared', { ...revealed, participants: 1, committed: 1 }),
      clients: [client(1, 'committed', { payout: payout(0n) })],
    },
    [at(7)]: {
      terms: times(NOW - 9 * HOUR),
      job: ended('nobody-due', { ...revealed, round: 1, participants: 1, committed: 1, declared: 1 }),
      clients: [client(1, 'not-due', { declared: 800_000, due: '0', payout: payout(0n) })],
    },
    [at(8)]: {
      terms: times(NOW - 9 * HOUR),
      job: ended('nobody-submitted', {
        ...revealed,
        round: 1,
        participants: 1,
        committed: 1,
        declared: 1,
        burnt: String(100n * DEV),
      }),
      clients: [client(1, 'failed', { declared: 940_000, due: String(900n * DEV), payout: payout(0n, 0n) })],
    },
    [at(9)]: {
      terms: times(NOW - HOUR / 2),
      job: { phase: 'reveal', participants: 4, committed: 3 },
      clients: [client(1, 'committed'), client(2, 'committed', { client: ME }), client(3, 'committed')],
    },
    [odd - 1]: {
      terms: times(NOW - 1.5 * HOUR),
      job: { phase: 'declare', ...revealed, participants: 3, committed: 3, declared: 1 },
      clients: [
        client(1, 'declared', { declared: -90_000 }),
        client(2, 'committed', { client: ME }),
        client(3, 'committed'),
      ],
    },
  }
}

function round(jobId, ending, phase, best) {
  return {
    jobId,
    phase,
    ending,
    escrow: String(1_000n * DEV),
    participants: 4,
    verified: best === null ? 0 : 2,
    best,
    average: null,
    paid: '0',
  }
}

/** Jobs of the wallet's own: the third is to be shown its rows, the second has been. */
export function sponsored() {
  const sealed = { participants: 5, committed: 4, sponsor: ME }
  return {
    3: { terms: times(NOW - HOUR / 2), job: { phase: 'reveal', ...sealed } },
    2: { terms: times(NOW - 1.5 * HOUR), job: { phase: 'declare', ...revealed, ...sealed } },
  }
}

const DAY = 24 * HOUR
const ROUNDS = address(0x9e21_77b4)
const architecture = (described) => JSON.stringify(described)

/** What a job of the small market says of itself; windows of a day each begin at `commit`. */
const shown = (titled, escrow, commit, described, [baseline, target], more = {}) => ({
  terms: {
    title: titled,
    architecture: architecture(described),
    baseline,
    rule: { kind: 'market', target, grid: 1_000 },
    commitUntil: commit,
    holdoutUntil: commit + DAY,
    declareUntil: commit + 2 * DAY,
    submitUntil: commit + 3 * DAY,
    minRows: 2_000,
    maxRows: 2_000,
    ...more.terms,
  },
  job: { escrow: String(escrow * DEV), ...more.job },
})

const CELLS = { family: 'logistic', inputs: 30, outputs: 2 }
const TUMOURS = 'Breast tumours: benign or malignant'

/** How many jobs the small market has: one of each kind, to be looked at in a picture. */
export const SHOWN = 8

/** A small market with jobs in every phase, of all kinds of data, and a campaign in its second round. */
export function smallMarket() {
  return {
    1: shown(TUMOURS, 4_000n, NOW - 9 * DAY, CELLS, [862_000, 900_000], {
      job: {
        ...ended('settled', { ...revealed, round: 1, participants: 7, committed: 6, declared: 6 }),
        sponsor: ROUNDS,
        sponsorRefund: String(300n * DEV),
      },
    }),
    2: shown('Complaints by department, in short texts', 1_800n, NOW + 6 * DAY + HOUR, TEXTS, [-640_000, -410_000], {
      job: { participants: 1 },
    }),
    3: shown(TUMOURS, 6_000n, NOW - 2.4 * DAY, CELLS, [900_000, 960_000], {
      terms: { previousJob: 1, stake: String(120n * DEV), maxParticipants: 12 },
      job: {
        ...{ phase: 'submit', ...revealed, rows: 2_000, round: 1, roundUntil: NOW + 0.6 * DAY },
        ...{ participants: 8, committed: 7, declared: 6, sponsor: ROUNDS },
      },
    }),
    4: shown('House prices in coastal districts', 8_000n, NOW - 0.4 * DAY, HOUSES, [-182_000, -120_000], {
      terms: { stake: String(80n * DEV), maxParticipants: 8 },
      job: { phase: 'reveal', participants: 6, committed: 5 },
    }),
    5: shown('Digits drawn on a phone screen', 1_200n, NOW - 1.3 * DAY, images(28), [881_000, 940_000], {
      terms: { stake: String(12n * DEV), maxParticipants: 20 },
      job: { phase: 'declare', ...revealed, rows: 2_000, participants: 5, committed: 4, declared: 3 },
    }),
    7: shown('Irregular heartbeats, from a wrist', 3_500n, NOW + 2 * DAY + 5 * HOUR, SIGNALS, [842_000, 920_000], {
      terms: { stake: String(60n * DEV) },
      job: { participants: 3, committed: 2 },
    }),
    6: shown('Lesions of the skin, by photograph', 9_500n, NOW + 4 * DAY, images(64, 7, 3), [-148_000, -90_000], {
      terms: { stake: String(150n * DEV) },
      job: { participants: 2, committed: 1 },
    }),
    8: shown('Handwritten digits from paper forms', 2_500n, NOW + 14 * HOUR, images(8), [-136_000, -95_000], {
      terms: { stake: String(25n * DEV) },
      job: { participants: 6, committed: 4 },
    }),
  }
}

const TEXTS = { family: 'embedding_bag', length: 64, outputs: 9 }
const HOUSES = { family: 'logistic', inputs: 8, outputs: 5 }
const SIGNALS = { family: 'cnn', shape: [1, 1, 3_000], layers: [{ units: 2 }] }

function images(size, classes = 10, colours = 1) {
  return { family: 'cnn', shape: [colours, size, size], layers: [{ units: classes }] }
}
