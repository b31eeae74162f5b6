import { inputsAbi } from '@deml/abi'
import { encodeFunctionData } from 'viem'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import known from '../../tests/vectors/page_table.json'
import { readCsv } from '../src/files/tables'
import { checkTable } from '../src/market/check'
import { guessColumns } from '../src/market/guess'
import { luckOf } from '../src/market/luck'
import { numbersOf } from '../src/market/numbers'
import {
  architectureOf,
  type Draft,
  dataOf,
  metricOf,
  newDraft,
  POST_STEPS,
  planOf,
  proposed,
  specFile,
} from '../src/market/posting'
import { differenceText, parseScore, writtenScore } from '../src/market/scores'
import { parseSpec } from '../src/market/spec'
import { fromWire, toWire } from '../src/market/terms'
import { parseDuration, writtenDuration } from '../src/market/times'
import type { JobDetail, Terms } from '../src/market/types'
import { bestModel } from '../src/pages/post/bestModel'
import { forgetDraft, keepDraft, keptDraft } from '../src/pages/post/keptDraft'
import { isDone, seatsProblem } from '../src/pages/post/steps'

const TOKEN = { symbol: 'DEV', decimals: 18, address: `0x${'70'.repeat(20)}` } as const
const CLOCK = { latest: 1_700_000_000, finalised: 1_699_999_000 }
const NONCE = `0x${'11'.repeat(32)}` as const

function drafted(change: Partial<Draft> = {}): Draft {
  const table = readCsv(known.csv)
  const columns = guessColumns(table, known.label, false).map((one) => ({
    ...one,
    used: !known.drop.includes(one.name),
  }))
  return { ...newDraft(0), title: 'Tumours', columns, label: known.label, ...change }
}

describe('a table is read as the SDK reads it', () => {
  it.each([
    ['names, kinds and words', false, known.columns],
    ['and ranges, if asked', true, known.columnsWithRanges],
  ])('%s', (_, ranges, columns) => {
    const found = guessColumns(readCsv(known.csv), known.label, ranges).filter((one) => !known.drop.includes(one.name))
    expect(found).toEqual(columns)
  })

  it('its numbers', () => {
    const data = dataOf(drafted())
    const table = readCsv(known.csv)
    expect(checkTable(table, data).fits).toBe(true)
    const { x, y, rows } = numbersOf(table, data)
    const width = x.length / rows
    expect(Array.from({ length: rows }, (_, row) => [...x.slice(row * width, (row + 1) * width)])).toEqual(known.x)
    expect([...y]).toEqual(known.y)
  })

  it('the architecture that fits its columns', () => {
    expect(JSON.parse(architectureOf(drafted()))).toEqual(known.architecture)
  })
})

describe('what luck could explain is what the machine takes off', () => {
  it.each(known.luck)('$metric on $rows rows with $maxParticipants places', ({ least, rows, ...terms }) => {
    expect(luckOf(terms, rows)).toBeGreaterThanOrEqual(least - 1)
    expect(luckOf(terms, rows)).toBeLessThanOrEqual(least + 1)
  })
})

describe('a draft', () => {
  it('becomes a specification that the page itself reads', () => {
    const draft = drafted()
    const spec = parseSpec(specFile(draft))
    expect(spec.data.label.mapping).toEqual({ benign: 0, malignant: 1 })
    expect(spec.data.columns.map((one) => one.name)).not.toContain('note')
  })

  it('proposes windows that finality leaves time for, and quick ones where all is final at once', () => {
    expect(newDraft(0)).toMatchObject({ commit: '10m', reveal: '5m' })
    expect(newDraft(900)).toMatchObject({ commit: '6h', reveal: '2h' })
    expect(parseDuration(newDraft(86_400).submit)).toBe(3 * 86_400)
  })

  it.each([
    ['brier', -249_000, -124_500],
    ['accuracy', 900_000, 950_000],
  ])('proposes a target on the way to the best score: %s', (metric, baseline, target) => {
    const told = proposed({ rows: 100, distinct: 100, baseline, least: 10, practice: 30, others: [] }, metric)
    expect(parseScore(told.target, metric)).toBe(target)
    expect(parseScore(told.grid, metric)).toBeLessThanOrEqual(10_000)
  })

  it('never proposes a target beyond the best score, nor one that luck could reach', () => {
    const told = proposed(
      { rows: 50, distinct: 50, baseline: -20_000, least: 160_000, practice: 480_000, others: [] },
      'brier',
    )
    expect(parseScore(told.target, 'brier')).toBe(0)
  })

  it('is no plan while something is not the number that it should be', () => {
    const whole = drafted({ target: '-0.1', grid: '0.001' })
    expect(planOf(whole, TOKEN, CLOCK, NONCE)?.job).toMatchObject({
      target: -100_000,
      grid: 1_000,
      stake: { bps: 1_000 },
    })
    for (const broken of [
      { escrow: '1e3' },
      { target: 'x' },
      { commit: 'soon' },
      { places: '0' },
      { confidence: '30' },
    ]) {
      expect(planOf({ ...whole, ...broken }, TOKEN, CLOCK, NONCE), JSON.stringify(broken)).toBeUndefined()
    }
  })

  it.each([
    ['10%', '10', '', undefined],
    ['9%', '10', '', 100],
    ['100', '10', '', undefined],
    ['99', '10', '', 100],
    ['1%', '10', `0x${'a1'.repeat(20)}`, undefined],
  ])(
    'a stake of %s with %s places and "%s" allowed: all places together cost the reward',
    (stake, places, allowed, least) => {
      expect(seatsProblem(drafted({ stake, places, allowed }))).toBe(least)
    },
  )

  it('opens no step whose needs are not met', () => {
    expect(POST_STEPS.filter((one) => isDone(one, newDraft(0)))).toEqual(['pay', 'time'])
    expect(isDone('what', drafted({ title: 'ä'.repeat(101) }))).toBe(false)
    expect(isDone('rows', drafted({ mayPublish: true }))).toBe(false)
  })

  it('measures by what fits the label', () => {
    expect(metricOf(drafted({ metric: 'r2' }))).toBe('brier')
    expect(metricOf(drafted({ label: 'age' }))).toBe('r2')
  })
})

describe('terms', () => {
  const terms: Terms = {
    title: 'T',
    specCid: 'bafk',
    initialModelCid: 'bafk',
    architecture: '{}',
    metric: 'brier',
    baseline: -250_000,
    holdoutCommitment: NONCE,
    rewardToken: TOKEN.address,
    rule: { kind: 'market', target: -50_000, grid: 1_000 },
    commitUntil: 1,
    holdoutUntil: 2,
    declareUntil: 3,
    submitUntil: 4,
    maxRounds: 10,
    stake: '100000000000000000001',
    bondBps: 2_000,
    maxParticipants: 10,
    maxModelBytes: 1,
    maxHoldoutBytes: 1,
    maxRows: 1,
    minRows: 1,
    confidence: 950_000,
    evidenceCut: 0,
    previousJob: 0,
    aggregate: false,
    allowList: [],
    nonce: NONCE,
  }

  it.each([
    terms.rule,
    { kind: 'fixed', reward: '12', threshold: 20_000 } as const,
    { kind: 'lottery', params: '0x1234' } as const,
  ])('go to the wire and back: $kind', (rule) => {
    const wire = toWire({ ...terms, rule })
    expect(fromWire(wire)).toEqual({ ...terms, rule })
    expect(encodeFunctionData({ abi: inputsAbi, functionName: 'createJob', args: [wire] })).toMatch(/^0x/)
  })

  it('a rule of a known kind with other parameters is shown as one that is not known', () => {
    const wire = { ...toWire(terms), rule: { kind: 'market', params: '0x12' as const } }
    expect(fromWire(wire).rule).toEqual({ kind: 'market', params: '0x12' })
  })
})

describe('what people write', () => {
  it('scores and durations come back as they were', () => {
    expect(writtenScore(-38_858, 'brier')).toBe('\u22120.038858')
    expect(parseScore(writtenScore(-38_858, 'brier'), 'brier')).toBe(-38_858)
    expect(parseScore('96 %'.replace(' ', ''), 'accuracy')).toBe(960_000)
    expect(differenceText(27_500, 'accuracy')).toBe('2.75 points')
    for (const seconds of [90, 300, 7_200, 129_600]) expect(parseDuration(writtenDuration(seconds))).toBe(seconds)
    expect(parseDuration('')).toBeUndefined()
    expect(parseDuration('2 weeks')).toBeUndefined()
  })
})

describe('the next round starts from what scored best, as the command has it', () => {
  const verified = (order: number, score: number) => ({ standing: 'paid', order, score, modelCid: `model${order}` })
  const job = (average: unknown) => ({ terms: { initialModelCid: 'initial', baseline: 500 }, average })
  const best = (clients: unknown[], average: unknown = null) =>
    bestModel({ job: job(average), clients } as unknown as JobDetail)

  it('the average where it is the best, else the best model, else the initial one', () => {
    expect(best([verified(1, 700)], { modelCid: 'average', score: 800 })).toBe('average')
    expect(best([verified(1, 700), verified(2, 900)], { modelCid: 'average', score: 800 })).toBe('model2')
    expect(best([verified(1, 400)])).toBe('initial')
  })

  it('among equals the first: the initial one, the one sealed first, the average last', () => {
    expect(best([verified(1, 500)], { modelCid: 'average', score: 500 })).toBe('initial')
    expect(best([verified(2, 700), verified(1, 700)], { modelCid: 'average', score: 700 })).toBe('model1')
  })

  it('an average that is not scored yet, and models that nobody has verified, count for nothing', () => {
    const failed = { ...verified(1, 900), standing: 'refuted' }
    expect(best([failed], { modelCid: null, score: null })).toBe('initial')
  })
})

describe('a draft over a reload', () => {
  beforeEach(() => {
    const kept = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    })
  })

  it('keeps what was said, and neither rows nor models', () => {
    const rows = { name: 'holdout.csv', content: new Uint8Array([1, 2, 3]) }
    keepDraft(drafted({ holdout: rows, initial: rows, sample: new Float64Array([7]), mayPublish: true }))
    const found = keptDraft(newDraft(0))
    expect(found?.title).toBe('Tumours')
    expect(found?.columns).toEqual(drafted().columns)
    expect([found?.holdout, found?.initial, found?.sample, found?.mayPublish]).toEqual([
      undefined,
      undefined,
      undefined,
      false,
    ])
  })

  it('is gone when it is posted, and what is no draft is none', () => {
    keepDraft(drafted())
    forgetDraft()
    expect(keptDraft(newDraft(0))).toBeUndefined()
    localStorage.setItem('deml.draft', '{"title":7,"places":"20"')
    expect(keptDraft(newDraft(0))).toBeUndefined()
    localStorage.setItem('deml.draft', '{"title":7,"places":"20"}')
    expect(keptDraft(newDraft(0))).toMatchObject({ title: '', places: '20' })
  })
})
