import { inputBoxAbi } from '@deml/abi'
import {
  type Address,
  concat,
  custom,
  defineChain,
  type EIP1193RequestFn,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  type Hex,
  keccak256,
  numberToHex,
  parseAbi,
  toHex,
  WaitForTransactionReceiptTimeoutError,
} from 'viem'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createConfig, mock } from 'wagmi'
import { connect } from 'wagmi/actions'
import type { Settings } from '../src/app/settings'
import { depositCalls, type Intent } from '../src/chain/intent'
import {
  DappRefused,
  NotAsAsked,
  OtherAccount,
  Reorganised,
  Replaced,
  Reverted,
  send,
  TooLate,
} from '../src/chain/send'
import { failureOf } from '../src/wallet/failure'
import { sendingWords } from '../src/words/sending'

const APP = `0x${'0a'.repeat(20)}` as Address
const BOX = `0x${'0b'.repeat(20)}` as Address
const ME = `0x${'0c'.repeat(20)}` as Address
const HASH = keccak256('0x01')
const OTHER_HASH = keccak256('0x02')
const ADVANCE = parseAbi([
  'function EvmAdvance(uint256 chainId, address appContract, address msgSender, uint256 blockNumber, uint256 blockTimestamp, uint256 prevRandao, uint256 index, bytes payload)',
])

/** An input as the InputBox makes it: of whom, and what it carries. */
function inputOf(sender: Address, payload: Hex, app = APP): Hex {
  return encodeFunctionData({ abi: ADVANCE, args: [31_337n, app, sender, 1n, 1n, 0n, 0n, payload] })
}

const PAYLOAD = '0xc0ffee' as Hex
const INPUT = inputOf(ME, PAYLOAD)
const CALLDATA = encodeFunctionData({ abi: inputBoxAbi, functionName: 'addInput', args: [APP, PAYLOAD] })

const settings: Settings = {
  chainId: 31_337,
  rpcUrl: '',
  nodeUrl: 'http://node',
  inspectUrl: 'http://node/inspect',
  appAddress: APP,
  erc20Portal: BOX,
  token: BOX,
  gateways: [],
  walletConnect: { projectId: '' },
  applications: [],
}
const intent: Intent = { deed: '', calls: [{ to: BOX, data: CALLDATA }], becomesPublic: [], stays: [], otherwise: [] }

/** Logs of an InputBox that took an input of the Application's. */
function logs(input: Hex) {
  const topics = encodeEventTopics({ abi: inputBoxAbi, eventName: 'InputAdded', args: { appContract: APP, index: 0n } })
  const data = encodeAbiParameters([{ type: 'bytes' }], [input])
  return [{ address: BOX, topics, data, blockNumber: '0x1', transactionHash: HASH, logIndex: '0x0', removed: false }]
}

const receipt = (change: object = {}) => ({
  transactionHash: HASH,
  transactionIndex: '0x0',
  blockHash: HASH,
  blockNumber: '0x1',
  from: ME,
  to: BOX,
  status: '0x1',
  cumulativeGasUsed: '0x1',
  gasUsed: '0x1',
  effectiveGasPrice: '0x1',
  contractAddress: null,
  logsBloom: '0x',
  type: '0x2',
  logs: logs(INPUT),
  ...change,
})

const transaction = (hash: Hex, change: object = {}) => ({
  hash,
  from: ME,
  to: BOX,
  nonce: '0x0',
  value: '0x0',
  input: CALLDATA,
  gas: '0x1',
  maxFeePerGas: '0x1',
  maxPriorityFeePerGas: '0x1',
  blockHash: null,
  blockNumber: null,
  transactionIndex: null,
  type: '0x2',
  chainId: numberToHex(31_337),
  v: '0x0',
  r: '0x1',
  s: '0x1',
  ...change,
})

type Chain = Record<string, (params: unknown[]) => unknown>

/** A wallet that is connected to a chain which answers as a test says. */
async function walletOn(methods: Chain) {
  const usual: Chain = {
    eth_chainId: () => numberToHex(31_337),
    eth_blockNumber: () => '0x2',
    eth_accounts: () => [ME],
    eth_requestAccounts: () => [ME],
    eth_estimateGas: () => '0x1',
    eth_sendTransaction: () => HASH,
    eth_getTransactionByHash: ([hash]) => transaction(hash as Hex),
    eth_getTransactionReceipt: () => receipt(),
  }
  const request = (async ({ method, params = [] }: { method: string; params?: unknown[] }) => {
    const found = methods[method] ?? usual[method]
    if (!found) throw Object.assign(new Error(`no method ${method}`), { code: -32601 })
    return found(params)
  }) as EIP1193RequestFn
  const chain = defineChain({
    id: 31_337,
    name: 'Fake',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: ['http://chain'] } },
  })
  const connector = mock({ accounts: [ME] })
  const config = createConfig({
    chains: [chain],
    transports: { [chain.id]: custom({ request }, { retryCount: 0 }) },
    connectors: [(made) => ({ ...connector(made), getProvider: async () => ({ request }) as never })],
    pollingInterval: 5,
  })
  const [only] = config.connectors
  if (!only) throw new Error('no connector')
  await connect(config, { connector: only })
  return config
}

/** What the node says of input 0. */
let node: { status: string; raw_data: Hex; reports: object[] }

beforeEach(() => {
  node = { status: 'ACCEPTED', raw_data: INPUT, reports: [] }
  vi.stubGlobal('fetch', async (_: string, { body }: { body: string }) => {
    const { method } = JSON.parse(body) as { method: string }
    const reports = node.reports.map((one) => ({ raw_data: toHex(JSON.stringify(one)) }))
    const result = method === 'cartesi_getInput' ? { data: node } : { data: reports }
    return new Response(JSON.stringify({ jsonrpc: '2.0', id: 1, result }))
  })
})
afterEach(() => vi.unstubAllGlobals())

async function sent(methods: Chain = {}, change: Partial<Intent> = {}, told = (_: string) => {}) {
  return send(await walletOn(methods), settings, ME, { ...intent, ...change }, told)
}

async function failure(methods: Chain = {}, change: Partial<Intent> = {}) {
  let hasLeft = false
  try {
    await sent(methods, change, (step) => {
      hasLeft ||= step !== 'wallet'
    })
  } catch (error) {
    return { error, hasLeft, told: failureOf(error, hasLeft) }
  }
  throw new Error('this was sent')
}

const refusing = (code: number, message: string) => () => {
  throw Object.assign(new Error(message), { code })
}

describe('sending', () => {
  it('ends when the node has run the input', async () => {
    expect(await sent()).toEqual({ transactions: [HASH], inputs: [0] })
  })

  it('who refuses in the wallet has sent nothing', async () => {
    const { told } = await failure({ eth_sendTransaction: refusing(4001, 'User rejected the request.') })
    expect(told.text).toBe(sendingWords.sending.rejected)
  })

  it.each([4100, -32002])('a wallet that is locked (%i) is to be unlocked', async (code) => {
    const { told } = await failure({ eth_sendTransaction: refusing(code, 'locked') })
    expect(told.text).toBe(sendingWords.sending.locked)
  })

  it('a transaction that did nothing is told', async () => {
    const { error } = await failure({ eth_getTransactionReceipt: () => receipt({ status: '0x0' }) })
    expect(error).toBeInstanceOf(Reverted)
  })

  it('what the dapp refused is told in its words, with its code', async () => {
    node = { ...node, status: 'REJECTED', reports: [{ code: 'JOB_FULL', message: 'full' }] }
    const { error, told } = await failure()
    expect(error).toBeInstanceOf(DappRefused)
    expect(told).toEqual({ text: sendingWords.refusals.JOB_FULL, code: 'JOB_FULL' })
  })

  it('a deposit that was only credited is told, although the input was accepted', async () => {
    node = { ...node, reports: [{ reason: { code: 'WRONG_PHASE', message: 'late' } }] }
    expect((await failure()).told.code).toBe('WRONG_PHASE')
  })

  it('a re-org: another input stands where this one was added', async () => {
    node = { ...node, raw_data: '0xdead' }
    const { error, told } = await failure()
    expect(error).toBeInstanceOf(Reorganised)
    expect(told.text).toBe(sendingWords.sending.reorganised)
  })

  /** A chain that has included another transaction of the same number. */
  const replacedBy = (change: object): Chain => {
    const block = { blockHash: HASH, blockNumber: '0x2', transactionIndex: '0x0' }
    const replacement = transaction(OTHER_HASH, { ...block, ...change })
    return {
      eth_getTransactionReceipt: ([hash]) => (hash === OTHER_HASH ? receipt({ transactionHash: OTHER_HASH }) : null),
      eth_getBlockByNumber: () => ({ number: '0x2', hash: HASH, transactions: [replacement], timestamp: '0x1' }),
    }
  }

  it('a transaction that was replaced with a higher fee counts', async () => {
    expect((await sent(replacedBy({ maxFeePerGas: '0x2' }))).transactions).toEqual([OTHER_HASH])
  })

  it.each([
    ['cancelled', { to: ME, input: '0x' }],
    ['replaced by another one', { input: '0xdead' }],
  ])('a transaction that was %s in the wallet was not sent', async (_, change) => {
    const { error, told } = await failure(replacedBy(change))
    expect(error).toBeInstanceOf(Replaced)
    expect(told.text).toBe('Your wallet sent another transaction in place of this one, so this one was not sent.')
  })

  it('the chain falls silent after sending: whether it arrived is not known', async () => {
    const { told } = await failure({
      eth_getTransactionReceipt: () => {
        throw new TypeError('fetch failed')
      },
    })
    expect([sendingWords.sending.chainDown, sendingWords.sending.unheard]).toContain(told.text)
  })

  it('the node falls silent after sending: it is said so', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('fetch failed')
    })
    expect((await failure()).told.text).toBe('The node does not answer.')
  })

  it('an answer that does not come in time is not said to have failed: the transaction is under way', async () => {
    const late = new WaitForTransactionReceiptTimeoutError({ hash: HASH })
    expect(failureOf(late, true).text).toBe(sendingWords.sending.unheard)
    expect(failureOf(late).text).toBe(sendingWords.sending.failed)
  })
})

describe('a hostile wallet, or one that its user has turned elsewhere', () => {
  const added = (input: Hex) => ({ eth_getTransactionReceipt: () => receipt({ logs: logs(input) }) })

  it.each([
    ['nothing', []],
    ["another account's input", logs(inputOf(BOX, PAYLOAD))],
    ['another input', logs(inputOf(ME, '0xdeed'))],
    ['what is no input', logs('0xc0ffee')],
  ])('the hash of a transaction that added %s is no success', async (_, found) => {
    const { error, told, hasLeft } = await failure({ eth_getTransactionReceipt: () => receipt({ logs: found }) })
    expect(error).toBeInstanceOf(NotAsAsked)
    expect(told.text).toBe((error as Error).message)
    expect(hasLeft).toBe(true)
  })

  it('what a bundle has added for strangers is not taken for one’s own', async () => {
    const strangers = [...logs(inputOf(BOX, '0xdeed')), ...logs(INPUT)]
    expect(await sent({ eth_getTransactionReceipt: () => receipt({ logs: strangers }) })).toMatchObject({ inputs: [0] })
  })

  it('a deposit is done when the portal has added it: this amount of this token, with this order', async () => {
    const portal = { ...settings, erc20Portal: `0x${'0d'.repeat(20)}` as Address }
    const calls = depositCalls(portal, BOX, 7n, 7n, PAYLOAD)
    const deposited = (amount: bigint) =>
      inputOf(portal.erc20Portal, concat([BOX, ME, numberToHex(amount, { size: 32 }), PAYLOAD]))
    node = { ...node, raw_data: deposited(7n) }
    expect((await sent(added(deposited(7n)), { calls })).inputs).toEqual([0])
    expect((await failure(added(deposited(8n)), { calls })).error).toBeInstanceOf(NotAsAsked)
  })

  it('a deed of another account is not sent', async () => {
    const asked: string[] = []
    const spy = { eth_sendTransaction: () => asked.push('sent') }
    expect((await failure(spy, { from: BOX })).error).toBeInstanceOf(OtherAccount)
    expect(asked).toEqual([])
  })

  it('a wallet that was turned to another chain since is asked for nothing', async () => {
    const asked: string[] = []
    let chainId = 31_337
    const config = await walletOn({
      eth_chainId: () => numberToHex(chainId),
      eth_sendTransaction: () => asked.push('sent'),
    })
    chainId = 1
    await expect(send(config, settings, ME, intent, () => {})).rejects.toThrow(/chain/)
    expect(asked).toEqual([])
  })

  it('a wallet that has turned to another account in between sends nothing for it', async () => {
    const asked: string[] = []
    const config = await walletOn({ eth_sendTransaction: () => asked.push('sent') })
    await expect(send(config, settings, BOX, intent, () => {})).rejects.toThrow(/account/i)
    expect(asked).toEqual([])
  })
})

describe('a deed whose time runs out while its dialog is open', () => {
  const at = (timestamp: number) => ({
    eth_getBlockByNumber: () => ({ number: '0x2', hash: HASH, transactions: [], timestamp: numberToHex(timestamp) }),
  })

  it('is sent in its last second', async () => {
    expect((await sent(at(100), { until: 100 })).inputs).toEqual([0])
  })

  it('is not sent after it: a model would be public, and unpaid', async () => {
    const asked: string[] = []
    const { error, told } = await failure({ ...at(101), eth_sendTransaction: () => asked.push('sent') }, { until: 100 })
    expect(error).toBeInstanceOf(TooLate)
    expect(told.text).toBe((error as Error).message)
    expect(asked).toEqual([])
  })

  it('its last transaction is not sent, if the first took too long', async () => {
    let sentSoFar = 0
    const { error, hasLeft } = await failure(
      {
        eth_getBlockByNumber: () => ({ ...at(sentSoFar > 0 ? 101 : 100).eth_getBlockByNumber() }),
        eth_sendTransaction: () => {
          sentSoFar += 1
          return HASH
        },
      },
      { until: 100, calls: [...intent.calls, ...intent.calls] },
    )
    expect(error).toBeInstanceOf(TooLate)
    expect([sentSoFar, hasLeft]).toEqual([1, true])
  })
})
