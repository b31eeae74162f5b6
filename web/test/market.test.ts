import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visible } from '../src/components/Foreign'
import { amountText, figureText } from '../src/market/amounts'
import { calendarOf } from '../src/market/calendar'
import { checkTable, closestTo } from '../src/market/check'
import { dataShapeOf } from '../src/market/dataKind'
import { chosen, EVERYTHING } from '../src/market/filter'
import { leastPayOf } from '../src/market/leastPay'
import { nextDeadline, stepAt } from '../src/market/phases'
import { roundsOf } from '../src/market/rounds'
import type { Spec } from '../src/market/spec'
import { durationText } from '../src/market/times'
import type { Job } from '../src/market/types'

const TERMS = {
  title: 'Tell tumours apart',
  metric: 'brier',
  commitUntil: 1_000,
  holdoutUntil: 2_000,
  declareUntil: 3_000,
  submitUntil: 4_000,
  maxRounds: 3,
  architecture: '{"family":"logistic","inputs":30,"outputs":1}',
  previousJob: 0,
}

function job(changes: Partial<Job> = {}, terms: Partial<typeof TERMS> = {}): Job {
  const made = { jobId: 1, escrow: '400', ending: null, round: 0, roundUntil: null, terms: { ...TERMS, ...terms } }
  return { ...made, ...changes } as unknown as Job
}

describe('phases', () => {
  it.each([
    [1_000, 'join', 1_000],
    [1_001, 'reveal', 2_000],
    [2_001, 'declare', 3_000],
    [3_001, 'publish', 4_000],
    [4_001, 'publish', 5_000],
    [6_001, 'paid', null],
  ])('at %i: %s until %s', (now, step, until) => {
    expect(stepAt(job(), now).step).toBe(step)
    expect(nextDeadline(job(), now)).toBe(until)
  })

  it('a round that was prolonged ends when the dapp says', () => {
    expect(stepAt(job({ roundUntil: 7_000 }), 6_500).step).toBe('publish')
    expect(nextDeadline(job({ roundUntil: 7_000 }), 6_500)).toBe(7_000)
  })

  it('an ending is final, whatever the time', () => {
    expect(stepAt(job({ ending: 'cancelled' }), 0)).toEqual({ step: 'paid', over: true })
  })
})

describe('the list', () => {
  const worth = ({ escrow }: Job) => Number(escrow) / 1e18
  const jobs = [
    job({ jobId: 1, escrow: '900000000000000000000' }),
    job({ jobId: 2, escrow: '1000000000000000000000' }, { title: 'Prices of houses', commitUntil: 500 }),
    job({ jobId: 3, ending: 'settled' }),
  ]

  it('sorts by deadline, ended jobs last', () => {
    expect(chosen(jobs, EVERYTHING, 400, worth).map((one) => one.jobId)).toEqual([2, 1, 3])
  })

  it('sorts by amounts beyond what a number holds', () => {
    expect(chosen(jobs, { ...EVERYTHING, sort: 'reward' }, 400, worth)[0]?.jobId).toBe(2)
  })

  it('finds by words and by phase', () => {
    expect(chosen(jobs, { ...EVERYTHING, text: 'HOUSES' }, 400, worth).map((one) => one.jobId)).toEqual([2])
    expect(chosen(jobs, { ...EVERYTHING, phase: 'open' }, 600, worth).map((one) => one.jobId)).toEqual([1])
  })

  it('finds by reward; what is no number asks for nothing', () => {
    expect(chosen(jobs, { ...EVERYTHING, reward: '950' }, 400, worth).map((one) => one.jobId)).toEqual([2])
    expect(chosen(jobs, { ...EVERYTHING, reward: 'much' }, 400, worth)).toHaveLength(3)
  })

  it('finds and sorts by what kind of data is wanted', () => {
    const kinds = [
      job({ jobId: 4 }, { architecture: '{"family":"cnn","shape":[1,28,28],"layers":[{"units":10}]}' }),
      job({ jobId: 5 }, { architecture: '{"family":"embedding_bag","length":64,"outputs":4}' }),
      job({ jobId: 6 }, { architecture: '{"family":"logistic","inputs":30,"outputs":1}' }),
    ]
    expect(chosen(kinds, { ...EVERYTHING, data: 'text' }, 400, worth).map((one) => one.jobId)).toEqual([5])
    expect(chosen(kinds, { ...EVERYTHING, sort: 'data' }, 400, worth).map((one) => one.jobId)).toEqual([4, 6, 5])
  })

  it('sorts by phase, ended jobs last', () => {
    expect(chosen(jobs, { ...EVERYTHING, sort: 'phase' }, 600, worth).map((one) => one.jobId)).toEqual([1, 2, 3])
  })
})

describe('what data an architecture wants', () => {
  it.each([
    ['{"family":"logistic","inputs":30,"outputs":1}', { kind: 'table', size: [30], classes: 2 }],
    ['{"family":"linear","inputs":8}', { kind: 'table', size: [8], classes: 0 }],
    ['{"family":"mlp","task":"regression","inputs":8,"outputs":1}', { kind: 'table', size: [8], classes: 0 }],
    ['{"family":"cnn","shape":[3,8,9],"layers":[{"units":10}]}', { kind: 'images', size: [8, 9], classes: 10 }],
    ['{"family":"cnn","shape":[1,1,187],"layers":[{"units":5}]}', { kind: 'signals', size: [187], classes: 5 }],
    ['{"family":"embedding_bag","length":64,"outputs":4}', { kind: 'text', size: [64], classes: 4 }],
    ['no JSON at all', { kind: 'table', size: [0], classes: 2 }],
    ['{"family":"cnn","shape":"evil","layers":7}', { kind: 'images', size: [0, 0], classes: 2 }],
  ])('%s', (architecture, shape) => {
    expect(dataShapeOf(architecture)).toEqual(shape)
  })
})

describe('rounds of a campaign', () => {
  const sponsor = '0x01' as const
  const follows = (jobId: number, previousJob: number, by: string = sponsor) =>
    job({ jobId, sponsor: by as typeof sponsor }, { previousJob })

  it('follow each other, and a job alone is no campaign', () => {
    const found = roundsOf([follows(1, 0), follows(4, 1), follows(6, 4), follows(5, 0)])
    expect(Object.fromEntries(found)).toEqual({
      1: { round: 1, known: 3 },
      4: { round: 2, known: 3 },
      6: { round: 3, known: 3 },
    })
  })

  it('another sponsor’s, a later one’s and a job’s own number are claims that count for nothing', () => {
    expect(roundsOf([follows(1, 0), follows(2, 1, '0x02'), follows(3, 3), follows(4, 9)]).size).toBe(0)
  })
})

const SPEC: Spec = {
  version: 1,
  title: '',
  description: '',
  license: '',
  permittedUse: '',
  trainer: { kind: 'builtin' },
  data: {
    label: { column: 'country' },
    columns: [
      { name: 'age', type: 'integer', minimum: 0, maximum: 120, required: true },
      { name: 'country', type: 'category', categories: ['NA', 'DE', '1'], required: true },
    ],
  },
}

describe('a table against its specification', () => {
  it('takes a category that looks like a missing word, numbers that are equal, and truth values', () => {
    const rows = [
      ['36', 'NA'],
      [41n, 1],
      [' 7 ', true],
    ]
    expect(checkTable({ columns: ['age', 'country'], rows }, SPEC.data).fits).toBe(true)
  })

  it('counts what is wrong, and says nothing of the values', () => {
    const rows = [
      ['secret-1', 'FR'],
      ['130', null],
      ['1.5', 'DE'],
    ]
    const found = checkTable({ columns: ['age', 'country'], rows }, SPEC.data)
    expect(found.findings).toEqual([
      { column: 'age', problem: 'notNumber', rows: 1 },
      { column: 'age', problem: 'outOfRange', rows: 1 },
      { column: 'age', problem: 'notInteger', rows: 1 },
      { column: 'country', problem: 'unknownCategory', rows: 1 },
      { column: 'country', problem: 'empty', rows: 1 },
    ])
    expect(JSON.stringify(found)).not.toContain('secret')
  })

  it('tells whole numbers that float64 does not have from words, as the command does', () => {
    const rows = [
      ['9007199254740993', 'DE'],
      ['9007199254740992', 'DE'],
      ['many', 'DE'],
    ]
    const found = checkTable({ columns: ['age', 'country'], rows }, SPEC.data)
    expect(found.findings).toEqual([
      { column: 'age', problem: 'tooLong', rows: 1 },
      { column: 'age', problem: 'outOfRange', rows: 1 },
      { column: 'age', problem: 'notNumber', rows: 1 },
    ])
  })

  it('names the closest column where one is missing', () => {
    const found = checkTable({ columns: ['Age', 'contry'], rows: [['1', 'DE']] }, SPEC.data)
    expect(found.findings.map((one) => one.closest)).toEqual(['Age', 'contry'])
    expect(closestTo('age', ['weight'])).toBeUndefined()
  })
})

describe('what strangers write', () => {
  it('turns nothing around, hides nothing, and is cut', () => {
    expect(visible('a\u202Eb\u0000c')).toBe('a\\u{202e}b\\u{0}c')
    expect(visible('x'.repeat(10_000_000)).length).toBeLessThan(2_100)
  })

  it('never lets a hidden character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
    )
  })

  it('cannot end a line of a calendar file', () => {
    const made = calendarOf([{ at: 1_700_000_000, of: '0x0a-1', what: 'a\r\nBEGIN:VEVENT;,\\' }], new Date(0))
    expect(made.split('\r\n').filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(1)
    expect(made.split('\r\n').every((line) => new TextEncoder().encode(line).length <= 75)).toBe(true)
  })
})

describe('amounts and durations', () => {
  const token = { symbol: 'DEV', decimals: 18 }

  it('group digits, and say where some were left out', () => {
    expect(amountText(1_204_500_000_000_000_000_000n, token)).toBe('1,204.5')
    expect(amountText(316_801_234_567_890_000_000n, token)).toBe('316.8012…')
    expect(figureText(1_037_478_712_345_678_901_234n, token)).toBe('1,037.48')
    expect(figureText(999_995_000_000_000_000n, token)).toBe('1')
    expect(figureText(4_999_999_999_999_999n, token)).toBe('0.0049…')
    expect(figureText(0n, token)).toBe('0')
    expect(figureText(7n, { symbol: 'X', decimals: 1 })).toBe('0.7')
    expect(amountText(0n, token)).toBe('0')
  })

  it('name the two largest units', () => {
    expect(durationText(93_600)).toBe('1 d 2 h')
    expect(durationText(86_400 + 59)).toBe('1 d')
    expect(durationText(0)).toBe('0 s')
  })
})

describe('the least pay', () => {
  const market = { baseline: 500_000, rule: { kind: 'market', target: 900_000, grid: 10_000 } }
  const of = (credited: number, terms: object = market) =>
    leastPayOf({ escrow: '1000', terms } as unknown as Job, credited)

  it.each([
    [500_000, 0n, 0n, 0n],
    [509_999, 0n, 0n, 0n],
    [700_000, 500n, 50n, 25n],
    [704_321, 500n, 50n, 25n],
    [900_000, 1_000n, 100n, 25n],
    [999_000, 1_000n, 100n, 25n],
  ])('of %i ppm', (credited, most, proposed, shaved) => {
    expect(of(credited)).toEqual({ most, proposed, shaved })
  })

  it('is nothing to choose where every due client gets the same', () => {
    expect(of(700_000, { baseline: 500_000, rule: { kind: 'fixed', reward: '100', threshold: 1 } })).toBeUndefined()
  })
})
