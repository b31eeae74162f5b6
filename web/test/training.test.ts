import { describe, expect, it, vi } from 'vitest'
import { tally } from '../src/files/tally'
import { recognised } from '../src/market/epsilon'
import { isAskable } from '../src/market/secondRpc'
import { lastLine } from '../src/python/python'
import { errorWords } from '../src/words/errors'

describe('what an epsilon lets anybody recognise, at one false accusation in a hundred', () => {
  it.each([
    [0, 0, 0.01],
    [1, 0, 0.0272],
    [2, 1e-5, 0.0739],
    [8, 1e-5, 0.9997],
    [30, 0, 1],
  ])('epsilon %f, delta %f', (epsilon, delta, part) => expect(recognised(epsilon, delta)).toBeCloseTo(part, 4))
})

describe('what a worker says that has too little memory', () => {
  it.each([
    'Traceback\nnumpy._core._exceptions._ArrayMemoryError: Unable to allocate 3.0 GiB for an array',
    'Traceback\nMemoryError',
    'WebAssembly.Memory(): could not allocate memory: Out of memory',
  ])('%s', (said) => expect(lastLine(new Error(said))).toBe(errorWords.python.memory))
  it('another error keeps its own words', () =>
    expect(lastLine(new Error('Traceback\ndeml_learn.errors.Diverged: No.'))).toBe('No.'))
})

describe('the count of what reads rows', () => {
  it('adds workers up, each by what it told last, and tells who listens', () => {
    const heard = vi.fn()
    const stop = tally.subscribe(heard)
    const [one, other] = [tally.open(), tally.open()]
    expect(tally.current()).toEqual([])
    one({ requests: 0, refused: 0 })
    expect(tally.current().at(-1)).toMatchObject({ requests: 0, refused: 0 })
    one({ requests: 1, refused: 2 })
    other({ requests: 3, refused: 0 })
    one({ requests: 2, refused: 2 })
    expect(tally.current().at(-1)).toMatchObject({ requests: 5, refused: 2 })
    expect(heard).toHaveBeenCalledTimes(4)
    stop()
  })
})

describe('a second chain client', () => {
  it.each([
    ['https://rpc.example/key', true],
    ['http://127.0.0.1:8545', true],
    ['http://localhost/', true],
    ['http://rpc.example', false],
    ['http://127.0.0.1.evil.example/', false],
    ['https://', false],
    ['javascript:alert(1)', false],
  ])('%s: %s', (url, may) => expect(isAskable(url)).toBe(may))
})
