// A market made up for tests: page, chain, node and gateway from one process on loopback, which lies, ends or falls
// silent as a test says. Its outputs are a real Merkle tree, whose root the made-up chain accepts.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import {
  decodeFunctionData,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  encodeFunctionResult,
  keccak256,
  parseAbi,
  toHex,
} from 'viem'
import { treeOf } from './tree.mjs'

const DIST = new URL('../dist/', import.meta.url).pathname
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

/** The made-up chain's time. */
export const NOW = 1_800_000_000

/** The typed package's ABIs, without their types. */
async function abis() {
  const read = (name) => readFileSync(new URL(`../abi/${name}.ts`, import.meta.url), 'utf8').replaceAll(' as const', '')
  const all = ['notices', 'outputs', 'inputs', 'inputBox'].map(read).join('')
  return import(`data:text/javascript,${encodeURIComponent(all)}`)
}

const address = (number) => `0x${number.toString(16).padStart(40, '0')}`
const CHAIN = parseAbi([
  'function symbol() view returns (string)',
  'function decimals() view returns (uint8)',
  'function balanceOf(address) view returns (uint256)',
  'function allowance(address,address) view returns (uint256)',
  'function owner() view returns (address)',
  'function getOutputsMerkleRootValidator() view returns (address)',
  'function isOutputsMerkleRootValid(address,bytes32) view returns (bool)',
  'function getInputBox() view returns (address)',
  'function getDataAvailability() view returns (bytes)',
  'function wasOutputExecuted(uint256) view returns (bool)',
])

/** An input as the InputBox makes it. */
const ADVANCE = parseAbi([
  'function EvmAdvance(uint256 chainId, address appContract, address msgSender, uint256 blockNumber, uint256 blockTimestamp, uint256 prevRandao, uint256 index, bytes payload)',
])

/** An InputBox that Application and portal may agree on, and the dapp's image does not know. */
const INPUT_BOX_OF_3_0 = '0x346b3df038fe9f8380071ec6514d5a83ad143939'

const availability = (box) => encodeFunctionData({ abi: parseAbi(['function InputBox(address)']), args: [box] })

const TRANSFER = parseAbi(['function safeTransfer(address token, address to, uint256 value)'])

/** Selectors of the outputs that are asked for. */
const NOTICE = '0xc258d6e5'
const PAYMENT = '0x10321e8b'

/** Terms of a made-up job, as the dapp answers them; most have ended. */
function termsOf(jobId, end) {
  return {
    title: `Job ${jobId}: ${['tumours', 'prices', 'hearts', 'harvests'][jobId % 4]}`,
    specCid: '',
    initialModelCid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
    architecture: '{"family":"logistic","inputs":30,"outputs":1}',
    metric: ['brier', 'accuracy'][jobId % 2],
    baseline: jobId % 2 ? 800_000 : -200_000,
    holdoutCommitment: keccak256(toHex(jobId)),
    rewardToken: address(7),
    rule: { kind: 'market', target: jobId % 2 ? 950_000 : -20_000, grid: 1_000 },
    commitUntil: end,
    holdoutUntil: end + 600,
    declareUntil: end + 1_200,
    submitUntil: end + 1_800,
    maxRounds: 3,
    stake: '100000000000000000000',
    bondBps: 2_000,
    maxParticipants: 10,
    maxModelBytes: 10_000,
    maxHoldoutBytes: 10_000,
    maxRows: 500,
    minRows: 500,
    confidence: 950_000,
    evidenceCut: 0,
    previousJob: 0,
    aggregate: false,
    allowList: [],
    nonce: keccak256(toHex(jobId + 1)),
  }
}

function viewOf(jobId, ended, end) {
  return {
    jobId,
    sponsor: address(1_000 + (jobId % 50)),
    phase: ended ? 'ended' : 'commit',
    ending: ended ? 'nobody-accepted' : null,
    round: 0,
    roundUntil: null,
    escrow: String(1_000n * 10n ** 18n),
    participants: 0,
    committed: 0,
    declared: 0,
    revealed: false,
    opening: null,
    dataCid: null,
    rows: null,
    sponsorRefund: ended ? String(1_000n * 10n ** 18n) : null,
    burnt: ended ? '0' : null,
    average: null,
    terms: termsOf(jobId, end),
  }
}

function wire(terms) {
  const { target, grid } = terms.rule
  return {
    ...terms,
    rule: {
      kind: 'market',
      params: encodeAbiParameters([{ type: 'int64' }, { type: 'uint64' }], [BigInt(target), BigInt(grid)]),
    },
  }
}

/**
 * Start a market of `count` jobs, of which all but the newest `open` have ended; inspect remembers the newest. `staged`
 * says of some jobs, by number, what is different: `job` and `terms` in part, and their `clients`. Phones are connected
 * through `relayUrl`; no IPFS node takes a file.
 */
export async function startFake({
  count,
  open = 20,
  remembered: most = 1_000,
  title = () => undefined,
  staged = {},
  relayUrl = 'ws://127.0.0.1:9',
}) {
  const { noticesAbi, outputsAbi, inputsAbi, inputBoxAbi } = await abis()
  const notice = (functionName, args) => {
    const payload = encodeFunctionData({ abi: noticesAbi, functionName, args })
    return encodeFunctionData({ abi: outputsAbi, functionName: 'Notice', args: [payload] })
  }
  /** What the dapp pays a client at the end of a job: its pay, its stake and its share of a bond, at once. */
  const paymentOf = ({ terms }, { client, payout }) => {
    const amount = payout
      ? [payout.pay, payout.stake, payout.compensation].reduce((sum, one) => sum + BigInt(one), 0n)
      : 0n
    if (amount === 0n) return []
    const payload = encodeFunctionData({ abi: TRANSFER, args: [terms.rewardToken, client, amount] })
    return [encodeFunctionData({ abi: outputsAbi, functionName: 'DelegateCallVoucher', args: [address(14), payload] })]
  }
  const jobs = Array.from({ length: count }, (_, index) =>
    viewOf(index + 1, index < count - open, NOW + (index + 1 - count + open) * 600),
  )
  for (const one of jobs) {
    one.terms.title = title(one.jobId) ?? one.terms.title
    Object.assign(one.terms, staged[one.jobId]?.terms)
    Object.assign(one, staged[one.jobId]?.job)
  }
  const raws = jobs.flatMap((one) => [
    notice('JobCreated', [BigInt(one.jobId), one.sponsor, BigInt(one.escrow), wire(one.terms)]),
    ...(one.ending
      ? [notice('Settled', [BigInt(one.jobId), one.ending, '', [], [], BigInt(one.sponsorRefund), BigInt(one.burnt)])]
      : []),
  ])
  const notices = raws.length
  raws.push(...jobs.flatMap((one) => (staged[one.jobId]?.clients ?? []).flatMap((client) => paymentOf(one, client))))
  const leaves = raws.map((raw) => keccak256(raw))
  const tree = treeOf(leaves)

  /** What a test may change at any time; `asked` is what was asked of the node, `sent` what wallets have sent. */
  const state = {
    now: NOW,
    nodeDown: false,
    chainDown: false,
    otherSuite: false,
    untrustedSuite: false,
    noInputBox: false,
    inspected: (answer) => answer,
    listed: (output) => output,
    served: (_, content) => content,
    asked: [],
    sent: [],
  }

  const outputs = ({ offset = 0, limit = 50, output_type: type }) => {
    const first = type === PAYMENT ? notices : 0
    const all = type ? { [NOTICE]: raws.slice(0, notices), [PAYMENT]: raws.slice(notices) }[type] : raws
    const data = (all ?? []).slice(offset, offset + limit).map((raw, index) => {
      const at = first + offset + index
      return state.listed({
        index: toHex(at),
        input_index: toHex(at),
        epoch_index: '0x0',
        raw_data: raw,
        output_hashes_siblings: tree.proofOf(at),
        execution_transaction_hash: null,
      })
    })
    return { data, pagination: { total_count: all?.length ?? 0, limit, offset } }
  }
  /** Input number `index` of those that wallets have sent, as the InputBox made it of its transaction. */
  const inputOf = ({ from, data }, index) => {
    const [app, payload] = decodeFunctionData({ abi: inputBoxAbi, data }).args
    const args = [31_337n, app, from, 100n, BigInt(state.now), 0n, BigInt(index), payload]
    return encodeFunctionData({ abi: ADVANCE, args })
  }
  const added = (one, index) => ({
    address: one.to,
    topics: encodeEventTopics({
      abi: inputBoxAbi,
      eventName: 'InputAdded',
      args: { appContract: address(10), index: BigInt(index) },
    }),
    data: encodeAbiParameters([{ type: 'bytes' }], [inputOf(one, index)]),
    blockNumber: '0x64',
    transactionHash: keccak256(one.data),
    logIndex: '0x0',
    removed: false,
  })
  const node = {
    cartesi_getInput: ({ input_index: index }) => ({
      data: { status: 'ACCEPTED', raw_data: inputOf(state.sent[Number(index)], Number(index)) },
    }),
    cartesi_getProcessedInputCount: () => ({ data: toHex(raws.length) }),
    cartesi_listOutputs: outputs,
    cartesi_listInputs: () => ({ data: [], pagination: { total_count: 0, limit: 50, offset: 0 } }),
    cartesi_listReports: () => ({ data: [] }),
  }

  const jobsOf = (account) => {
    const takes = (one) => staged[one.jobId]?.clients?.some((client) => client.client === account.toLowerCase())
    const numbers = (some) => some.map((one) => one.jobId)
    return {
      sponsor: numbers(jobs.filter((one) => one.sponsor === account.toLowerCase())),
      client: numbers(jobs.filter(takes)),
    }
  }
  const inspect = (query) => {
    const [path, options] = query.split('?')
    const asked = new URLSearchParams(options)
    const [, number, clients] = path.split('/')
    const remembered = jobs.slice(-most)
    if (path === 'jobs') {
      const [cursor, limit] = [Number(asked.get('cursor') ?? 0), Number(asked.get('limit') ?? 50)]
      const next = cursor + limit < remembered.length ? cursor + limit : null
      return { asOf: NOW, jobs: remembered.slice(cursor, cursor + limit), next }
    }
    const job = remembered.find((one) => one.jobId === Number(number))
    if (path.startsWith('accounts/'))
      return { asOf: NOW, account: number, balances: [], jobs: jobsOf(number), next: null }
    if (!job) return undefined
    if (clients === 'campaign') return { asOf: NOW, jobId: job.jobId, before: null, ...staged[job.jobId]?.campaign }
    return clients
      ? {
          asOf: NOW,
          jobId: job.jobId,
          clients: staged[job.jobId]?.clients ?? [],
          uploads: [],
          scorings: [],
          next: null,
        }
      : { asOf: NOW, job }
  }

  const results = {
    symbol: 'DEV',
    decimals: 18,
    balanceOf: 10n ** 24n,
    allowance: 0n,
    owner: address(0),
    getOutputsMerkleRootValidator: address(11),
    getDataAvailability: availability(address(12)),
    wasOutputExecuted: true,
  }
  const selectors = new Map(
    CHAIN.map((one) => [
      keccak256(toHex(`${one.name}(${one.inputs.map((input) => input.type)})`)).slice(0, 10),
      one.name,
    ]),
  )
  const call = ({ data }) => {
    const functionName = selectors.get(data.slice(0, 10))
    const told = {
      ...results,
      isOutputsMerkleRootValid: data.endsWith(tree.root.slice(2)),
      getInputBox: state.untrustedSuite ? INPUT_BOX_OF_3_0 : address(state.otherSuite ? 13 : 12),
      ...(state.untrustedSuite && { getDataAvailability: availability(INPUT_BOX_OF_3_0) }),
    }
    const result = told[functionName]
    return encodeFunctionResult({ abi: CHAIN, functionName, result })
  }
  const block = () => ({
    number: '0x64',
    hash: keccak256('0x64'),
    parentHash: keccak256('0x63'),
    timestamp: toHex(state.now),
    baseFeePerGas: '0x1',
    gasLimit: '0x1c9c380',
    gasUsed: '0x0',
    transactions: [],
  })
  const chain = {
    eth_chainId: () => '0x7a69',
    eth_blockNumber: () => '0x64',
    eth_getBlockByNumber: block,
    eth_call: ([asked]) => call(asked),
    eth_getCode: () => (state.noInputBox ? '0x' : '0x00'),
    eth_estimateGas: () => '0x30d40',
    eth_maxPriorityFeePerGas: () => '0x1',
    eth_gasPrice: () => '0x1',
    eth_sendTransaction: ([{ from, to, data }]) => {
      state.sent.push({ from, to, data })
      return keccak256(data)
    },
    eth_getTransactionReceipt: ([hash]) => ({
      transactionHash: hash,
      blockNumber: '0x64',
      status: '0x1',
      type: '0x2',
      logs: state.sent.flatMap((one, index) =>
        keccak256(one.data) === hash && BigInt(one.to) === 12n ? [added(one, index)] : [],
      ),
    }),
    // As smart accounts and some hardware do: never the same signature twice.
    eth_signTypedData_v4: () => toHex(randomBytes(65)),
  }

  /** The inputs that wallets have sent to the Application, as it reads them: the name of each, and its arguments. */
  const inputs = () =>
    state.sent.map(({ to, data }) => {
      const { args } = decodeFunctionData({ abi: inputBoxAbi, data })
      if (BigInt(to) !== 12n || BigInt(args[0]) !== 10n) throw new Error(`sent to ${to} for ${args[0]}`)
      const input = decodeFunctionData({ abi: inputsAbi, data: args[1] })
      return [input.functionName, ...input.args]
    })

  const answerTo = {
    '/node': (body) => {
      const { id, method, params } = JSON.parse(body)
      state.asked.push({ method, ...params })
      return { jsonrpc: '2.0', id, result: node[method](params) }
    },
    '/chain': (body) => {
      const { id, method, params } = JSON.parse(body)
      const known = chain[method]
      return known
        ? { jsonrpc: '2.0', id, result: known(params) }
        : { jsonrpc: '2.0', id, error: { code: -32601, message: `no method ${method}` } }
    },
    '/inspect': (query) => {
      const found = state.inspected(inspect(query), query)
      const answer = found ?? { code: 'NO_SUCH_JOB', message: 'There is no such job.', values: {} }
      const payload = `0x${Buffer.from(JSON.stringify(answer)).toString('hex')}`
      return { status: found ? 'Accepted' : 'Rejected', reports: [{ payload }] }
    },
  }

  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://fake').pathname
    const base = `http://127.0.0.1:${server.address().port}`
    const parts = []
    for await (const part of request) parts.push(part)
    const kind = `/${path.split('/')[1]}`
    if ((state.nodeDown && ['/node', '/inspect'].includes(kind)) || (state.chainDown && kind === '/chain')) {
      response.destroy()
      return
    }
    if (kind === '/gateway') {
      state.gateway(path, response)
      return
    }
    if (answerTo[kind]) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answerTo[kind](Buffer.concat(parts).toString())))
      return
    }
    if (path === '/settings.json') {
      const settings = {
        chainId: 31_337,
        chainName: 'Fake',
        rpcUrl: `${base}/chain`,
        nodeUrl: `${base}/node`,
        inspectUrl: `${base}/inspect`,
        appAddress: address(10),
        erc20Portal: address(9),
        token: address(7),
        gateways: [`${base}/gateway`],
        ipfsUrl: `${base}/ipfs/api/v0`,
        walletConnect: { projectId: '', relayUrl },
      }
      response.end(JSON.stringify(settings))
      return
    }
    const file = join(DIST, normalize(path === '/' ? '/index.html' : path))
    try {
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
      response.end(state.served(path, readFileSync(file)))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${server.address().port}/`
  return { url, rpcUrl: `${url}chain`, state, jobs, inputs, close: () => server.close() }
}
