// The page's Python in a phone-sized window of Debian's Chromium, for bench_tab.py: node benchmarks/tab.mjs FOLDER
// The folder holds a market's history as a node would have it, and a task; what was measured is written as JSON.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBrowser } from '../web/e2e/browser.mjs'

const { decodeFunctionData, encodeFunctionData, encodeFunctionResult, keccak256, multicall3Abi, parseAbi, toFunctionSelector } =
  createRequire(new URL('../web/package.json', import.meta.url))('viem')

const FOLDER = process.argv[2]
const DIST = fileURLToPath(new URL('../web/dist/', import.meta.url))
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' }
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true }
const PATIENCE = 1_800_000
const NOTICE = '0xc258d6e5'

const task = JSON.parse(readFileSync(join(FOLDER, 'task.json'), 'utf8'))
const lists = JSON.parse(readFileSync(join(FOLDER, 'lists.json'), 'utf8'))
const worker = readdirSync(join(DIST, 'assets')).find((name) => /^worker-.*\.js$/.test(name))

/** Bytes of Python's files that were asked for since this was last set to 0. */
let served = 0

function node({ method, params }) {
  const list = /^cartesi_list(\w+)$/.exec(method)?.[1]
  if (method === 'cartesi_getProcessedInputCount') return { data: `0x${lists.Inputs.length.toString(16)}` }
  if (!list) return { data: null }
  const isWanted = (one) => params.output_type === undefined || one.raw_data.startsWith(params.output_type)
  const all = params.output_type === NOTICE || params.output_type ? lists[list].filter(isWanted) : lists[list]
  const data = all.slice(params.offset, params.offset + params.limit)
  return { data, pagination: { total_count: all.length, limit: params.limit, offset: params.offset } }
}

const ABI = parseAbi([
  'function getDataAvailability() view returns (bytes)',
  'function getNumberOfInputs(address) view returns (uint256)',
  'function getInputHash(address, uint256) view returns (bytes32)',
  'function InputBox(address)',
])
const AGGREGATE = '82ad56cb'

/** What a call of a contract returns: of the InputBox what the history says, of a multicall all of it, of any other 1. */
function called(data) {
  const at = data.lastIndexOf(AGGREGATE)
  if (at >= 0) {
    const [calls] = decodeFunctionData({ abi: multicall3Abi, data: `0x${data.slice(at)}` }).args
    const result = calls.map((one) => ({ success: true, returnData: called(one.callData) }))
    return encodeFunctionResult({ abi: multicall3Abi, functionName: 'aggregate3', result })
  }
  const known = ABI.some((one) => data.startsWith(toFunctionSelector(one)))
  if (!known) return `0x${'0'.repeat(63)}1`
  const { functionName, args } = decodeFunctionData({ abi: ABI, data })
  const result = {
    getDataAvailability: () => encodeFunctionData({ abi: ABI, functionName: 'InputBox', args: [task.app] }),
    getNumberOfInputs: () => BigInt(lists.Inputs.length),
    getInputHash: () => keccak256(lists.Inputs[Number(args[1])].raw_data),
  }[functionName]()
  return encodeFunctionResult({ abi: ABI, functionName, result })
}

function chain({ method, params }) {
  if (method === 'eth_chainId') return `0x${task.chainId.toString(16)}`
  if (method === 'eth_call') return called(params[0].data)
  if (method === 'eth_getBlockByNumber')
    return { number: '0x1', timestamp: '0x1', hash: `0x${'1'.repeat(64)}`, transactions: [] }
  return '0x1'
}

const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://host').pathname
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const answer = (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value))
  if (path === '/settings.json') return answer(settings())
  if (path === '/node' || path === '/chain') {
    const asked = JSON.parse(Buffer.concat(chunks).toString())
    const one = (call) => ({ jsonrpc: '2.0', id: call.id, result: (path === '/node' ? node : chain)(call) })
    return answer(Array.isArray(asked) ? asked.map(one) : one(asked))
  }
  const file = join(DIST, normalize(path === '/' ? '/index.html' : path))
  try {
    const content = readFileSync(file)
    if (path.startsWith('/python/')) served += statSync(file).size
    response.setHeader(
      'content-type',
      TYPES[extname(file)] ?? (file.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream'),
    )
    response.setHeader('cache-control', 'max-age=3600')
    response.end(content)
  } catch {
    response.writeHead(404).end()
  }
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const host = `http://127.0.0.1:${server.address().port}/`

function settings() {
  const { chainId, app, contracts } = task
  const urls = { rpcUrl: `${host}chain`, nodeUrl: `${host}node`, inspectUrl: `${host}inspect` }
  const addresses = { appAddress: app, erc20Portal: contracts.erc20_portal, token: app }
  return { chainId, ...urls, ...addresses, contracts, gateways: [], walletConnect: { projectId: '' } }
}

/** Run in a browser of its own; resolves with what `act` says, and the most memory that a process of a tab has held, in MiB. */
async function inBrowser(route, act) {
  const browser = await startBrowser()
  try {
    const context = await browser.newContext(PHONE)
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    await page.goto(host + route)
    const found = await act(page)
    const cdp = await browser.newBrowserCDPSession()
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
    const held = processInfo
      .filter((one) => one.type === 'renderer')
      .map((one) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${one.id}/status`, 'utf8'))[1]))
    return { found, memory: Math.round(Math.max(...held) / 1024) }
  } finally {
    await browser.close()
  }
}

/** Ask the page's own worker things, each a few times, and take the least; `start` is what Python takes to be there. */
function asking(training, asks) {
  return inBrowser('#/verify', async (page) => {
    served = 0
    const files = ['initial', 'model', 'holdout', 'x', 'y']
    const given = Object.fromEntries(files.map((name) => [name, [...readFileSync(join(FOLDER, name))]]))
    const found = await page.evaluate(
      async ([script, trains, names, texts, terms, times]) => {
        const bytes = Object.fromEntries(
          Object.entries(texts).map(([name, numbers]) => [name, new Uint8Array(numbers)]),
        )
        const { initial, model, holdout } = bytes
        const [x, y] = [bytes.x, bytes.y].map((one) => new Float64Array(one.buffer))
        const all = {
          train: { terms, initial, asked: null, privacy: null, x, y },
          credited: { terms, initial, model, holdout },
          begin: null,
        }
        const made = new Worker(`/assets/${script}`, { type: 'module' })
        made.postMessage({ base: `${location.origin}/`, training: trains })
        const ask = (name) =>
          new Promise((done, fail) => {
            const begun = performance.now()
            made.onmessage = ({ data }) => {
              if ('failed' in data) fail(new Error(data.failed))
              else if ('answer' in data) done((performance.now() - begun) / 1000)
            }
            made.postMessage({ id: 1, name, ask: all[name] })
          })
        const taken = {}
        const start = await ask(names[0])
        for (const name of names) {
          const tries = []
          for (let number = 0; number < times; number += 1) tries.push(await ask(name))
          taken[name] = Math.min(...tries)
        }
        return { start: start - taken[names[0]], ...taken }
      },
      [worker, training, asks, given, task.terms, task.times],
    )
    return { ...found, bytes: served }
  })
}

async function replaying() {
  return inBrowser('#/verify', async (page) => {
    const run = async () => {
      const begun = performance.now()
      await page.getByRole('button', { name: 'Run it again' }).click()
      await page.locator('[data-replay=done], [data-replay=differs], [data-replay=failed]').waitFor()
      const told = page.locator('[data-replay]')
      if ((await told.getAttribute('data-replay')) !== 'done') throw new Error(await told.innerText())
      return (performance.now() - begun) / 1000
    }
    const first = await run()
    await page.reload()
    const again = await run()
    const kept = await page.evaluate(
      () =>
        new Promise((done) => {
          indexedDB.open('deml-replay').onsuccess = ({ target }) => {
            const asked = target.result.transaction('replays').objectStore('replays').getAll()
            asked.onsuccess = () => done(asked.result[0].snapshot.state.length)
          }
        }),
    )
    return { first, again, kept }
  })
}

const empty = await inBrowser('#/verify', async () => {})
const scoring = await asking(false, ['credited'])
const training = await asking(true, ['train'])
const replay = await replaying()
server.close()
process.stdout.write(
  JSON.stringify({
    bytes: { score: scoring.found.bytes, train: training.found.bytes - scoring.found.bytes },
    start: { score: scoring.found.start, train: training.found.start },
    score: scoring.found.credited,
    train: training.found.train,
    replay: replay.found,
    memory: {
      'without Python': empty.memory,
      scoring: scoring.memory,
      training: training.memory,
      'replaying in the page': replay.memory,
    },
  }),
)
