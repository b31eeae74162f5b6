import { inputBoxAbi } from '@deml/abi'
import {
  type Address,
  custom,
  defineChain,
  type EIP1193RequestFn,
  encodeAbiParameters,
  encodeEventTopics,
  type Hex,
  keccak256,
  numberToHex,
  toHex,
} from 'viem'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createConfig, mock } from 'wagmi'
import { connect } from 'wagmi/actions'
import type { Settings } from '../src/app/settings'
import { DappRefused, Reorganised, Replaced, Reverted, send } from '../src/chain/send'
import { failureOf } from '../src/wallet/failure'
import { sendingWords } from '../src/words/sending'

const APP = `0x${'0a'.repeat(20)}` as Address
const BOX = `0x${'0b'.repeat(20)}` as Address
const ME = `0x${'0c'.repeat(20)}` as Address
const HASH = keccak256('0x01')
const OTHER_HASH = keccak256('0x02')
const INPUT = '0xc0ffee' as Hex

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
const intent = { deed: '', calls: [{ to: BOX, data: INPUT }], becomesPublic: [], stays: [], otherwise: [] }

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
  input: INPUT,
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

async function sent(methods: Chain = {}) {
  return send(await walletOn(methods), settings, ME, intent, () => {})
}

async function failure(methods: Chain = {}) {
  try {
    await sent(methods)
  } catch (error) {
    return { error, told: failureOf(error) }
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
    expect([sendingWords.sending.chainDown, sendingWords.sending.failed]).toContain(told.text)
  })

  it('the node falls silent after sending: it is said so', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('fetch failed')
    })
    expect((await failure()).told.text).toBe('The node does not answer.')
  })
})
