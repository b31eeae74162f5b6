import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { luckiestOf, luckOf, rangeOf } from '../src/market/luck'
import { reachedOf, STEPS } from '../src/market/phases'
import type { Client, JobDetail, Terms } from '../src/market/types'
import { whyNot } from '../src/market/whyNot'
import { jobWords } from '../src/words/job'

const ACCURACY = {
  metric: 'accuracy',
  architecture: '{"family":"logistic","inputs":30,"outputs":1}',
  evidenceCut: 0,
  maxParticipants: 12,
  confidence: 950_000,
}

describe('what luck could explain', () => {
  it('the luckiest of some coins: chances that sum to one, and pass the bar no oftener than is promised', () => {
    const rows = fc.integer({ min: 60, max: 9_000 })
    const places = fc.integer({ min: 1, max: 128 })
    const confidence = fc.integer({ min: 500_000, max: 999_000 })
    fc.assert(
      fc.property(rows, places, confidence, (count, maxParticipants, sure) => {
        const found = luckiestOf({ ...ACCURACY, maxParticipants, confidence: sure }, count)
        if (!found) return
        const sum = found.chances.reduce((all, one) => all + one.chance, 0)
        const passed = found.chances.filter((one) => one.gain > found.counts).reduce((all, one) => all + one.chance, 0)
        expect(sum).toBeCloseTo(1, 6)
        expect(passed).toBeLessThanOrEqual(1 - sure / 1_000_000 + 1e-9)
      }),
    )
  })

  it('a model that is never the worse one needs less than one that changes many rows', () => {
    const found = luckiestOf(ACCURACY, 400)
    expect(found?.counts).toBeGreaterThan(luckOf(ACCURACY, 400) ?? 0)
  })

  it('is drawn for no metric of which a row’s worth is not known', () => {
    expect(luckiestOf({ ...ACCURACY, metric: 'roc_auc' }, 400)).toBeUndefined()
    expect(luckiestOf({ ...ACCURACY, confidence: 0 }, 400)).toBeUndefined()
  })
})

describe('the plausible range of a score', () => {
  it('of an accuracy of 90 % on 400 rows is about three points either way', () => {
    expect(rangeOf(ACCURACY, 900_000, 400)).toEqual([870_600, 929_400])
  })

  it('holds the score, stays within what a score can be, and shrinks with the rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 100_000 }), (score, rows) => {
        const [low, high] = rangeOf(ACCURACY, score, rows) as [number, number]
        const [lower, higher] = rangeOf(ACCURACY, score, 4 * rows) as [number, number]
        expect(low).toBeLessThanOrEqual(score)
        expect(high).toBeGreaterThanOrEqual(score)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1_000_000)
        expect(higher - lower).toBeLessThanOrEqual(high - low)
      }),
    )
  })
})

const RULE = { kind: 'market', target: 950_000, grid: 1_000 } as Terms['rule']

function client(order: number, standing: Client['standing'], more: Partial<Client> = {}): Client {
  const made = { client: `0x0${order}`, order, standing, commitment: '0x01', declared: null, score: null, minPay: '0' }
  return { ...made, ...more } as unknown as Client
}

function reasons(clients: Client[], rule = RULE) {
  const detail = { job: { round: 1, terms: { baseline: 800_000, rule } }, clients } as unknown as JobDetail
  return clients.map((one) => whyNot(detail, one))
}

describe('why somebody is not due', () => {
  it('nothing is said of who is due, or before dues are fixed', () => {
    expect(reasons([client(1, 'due', { declared: 900_000 })])).toEqual([undefined])
    const detail = { job: { round: 0, terms: {} }, clients: [] } as unknown as JobDetail
    expect(whyNot(detail, client(1, 'not-due', { declared: 0 }))).toBeUndefined()
  })

  it('by the market’s rule: no better, by luck, by less than a step, or by nothing more than one before it', () => {
    expect(
      reasons([
        client(1, 'due', { declared: 880_400 }),
        client(2, 'not-due', { declared: 800_000 }),
        client(3, 'not-due', { declared: 800_999 }),
        client(4, 'not-due', { declared: 880_900 }),
        client(5, 'committed'),
        client(6, 'accepted', { commitment: null }),
      ]).slice(1),
    ).toEqual([
      { kind: 'luck' },
      { kind: 'belowStep' },
      { kind: 'noBetter', order: 1 },
      { kind: 'declaredNothing' },
      { kind: 'sealedNothing' },
    ])
  })

  it('who stood aside, failed or was refuted is in nobody’s way', () => {
    const [, , last] = reasons([
      client(1, 'refuted', { declared: 940_000, score: 1 }),
      client(2, 'waived', { declared: 940_000, minPay: '7' }),
      client(3, 'not-due', { declared: 900_000 }),
    ])
    expect(last).toBeUndefined()
  })

  it('by a fixed reward: the margin is missed, or the places are taken', () => {
    const fixed = { kind: 'fixed', reward: '1', threshold: 20_000 } as Terms['rule']
    expect(
      reasons([client(1, 'not-due', { declared: 810_000 }), client(2, 'not-due', { declared: 850_000 })], fixed),
    ).toEqual([{ kind: 'belowMargin', margin: 20_000 }, { kind: 'placesTaken' }])
  })
})

describe('endings', () => {
  it('each has its words, and a step that it has come to', () => {
    for (const ending of Object.keys(jobWords.endings)) {
      expect(STEPS).toContain(reachedOf({ ending: ending as never }))
    }
    expect(reachedOf({ ending: 'cancelled' })).toBe('join')
    expect(reachedOf({ ending: 'settled' })).toBe('paid')
  })
})
