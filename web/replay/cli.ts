#!/usr/bin/env node
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { createPublicClient, http } from 'viem'
import { type Settings, settingsOf } from '../src/app/settings'
import { type Checkpoint, MarketReplay } from '../src/market/replay'
import { claimsOf } from '../src/node/claims'
import type { Ask } from '../src/python/protocol'
import { answer, type Origin, type Pyodide, startPython } from '../src/python/python'

const USAGE = `Usage: deml-replay SETTINGS [--app ACCOUNT] [--node URL] [--rpc URL] [--state FILE] [--json]

Run a DeML market again with the machine's own Python, and compare every output, report and claim.

  SETTINGS        settings.json of the market's page: a URL or a file
  --app ACCOUNT   an Application of the market; its first one, if none is named
  --node URL      another Cartesi node than the settings name
  --rpc URL       another chain client to ask about inputs and claims
  --state FILE    go on from where this file says, if it is there, and keep there how far it came
  --json          one JSON object a line, for every input
  --help          show this

Examples:
  deml-replay https://market.example/settings.json
  deml-replay settings.json --rpc https://another.example
  deml-replay settings.json --state market.state          # every hour: only new inputs are run

Ends with 0 if nothing differs, 1 if something does, 2 if called wrongly, 3 if node or chain cannot be asked.`

/** Exit codes; 0 is: nothing differs. */
const DIFFERS = 1
const MISUSED = 2
const UNREACHABLE = 3

/** What is said of a claim, before its root is named. */
const STANDINGS = {
  accepted: 'accepted on chain:',
  pending: 'waits for acceptance on chain:',
  differs: 'DIFFERS: the chain has not accepted',
}

const FOLDER = fileURLToPath(new URL('./python/', import.meta.url))

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      app: { type: 'string' },
      node: { type: 'string' },
      rpc: { type: 'string' },
      state: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const [place] = positionals
  if (positionals.length !== 1 || place === undefined) throw new TypeError('Name the settings of one market.')
  const settings = await settingsAt(place, values.app)
  const { contracts } = settings
  if (!contracts) throw new Error('These settings do not name the Cartesi contracts that the image trusts.')
  const source = { nodeUrl: values.node ?? settings.nodeUrl, appAddress: settings.appAddress }
  const chain = createPublicClient({ transport: http(values.rpc ?? settings.secondRpcUrl ?? settings.rpcUrl) })
  const python = await start()
  const ask = (async (name, asked) => answer(python, name, asked)) as Ask
  const tell = (found: unknown, text: string) => process.stdout.write(`${values.json ? JSON.stringify(found) : text}\n`)
  const count = { inputs: 0, outputs: 0, reports: 0 }
  const kept = values.state === undefined ? undefined : keptAt(values.state)
  const replay = await MarketReplay.begin(source, contracts, ask, claimsOf(chain, source), kept)
  const resumed = replay.inputs
  for await (const found of replay.advance()) {
    if (found.kind === 'differs') {
      const what = {
        chain: 'bytes',
        verdict: 'verdict',
        input: "the node's reading",
        encoding: `encoding of output ${found.place}`,
      }
      const named = found.what in what ? what[found.what as keyof typeof what] : `${found.what} ${found.place}`
      tell(
        found,
        `DIFFERS: ${named} of input ${found.input}\n  ${found.what === 'chain' ? 'on chain  ' : 'recomputed'}     ${found.here}\n  the node says  ${found.there}`,
      )
      return DIFFERS
    }
    if (found.kind === 'claim') {
      const root = `the root of ${found.outputs} outputs, ${found.root},`
      tell(found, `${STANDINGS[found.standing]} ${root}`)
      if (found.standing === 'differs') return DIFFERS
      continue
    }
    count.inputs += 1
    count.outputs += found.outputs
    count.reports += found.reports
    if (values.json) tell(found, '')
    else if (found.kind === 'bug') tell(found, `input ${found.input}: the dapp failed, here as at the node's`)
  }
  if (values.state !== undefined) keepAt(values.state, (await replay.checkpoint()).checkpoint)
  const { inputs, outputs, reports } = count
  const bugs = replay.bugs.length
  const verdict = bugs ? `nothing differs, but the dapp failed on ${bugs}, here as at the node's` : 'all equal'
  const counted = `${inputs} inputs, ${outputs} outputs, ${reports} reports`
  const before = resumed > 0 ? `, after ${resumed} inputs of an earlier run` : ''
  tell({ kind: 'done', ...count, bugs, resumed }, `${verdict}: ${counted}${before}`)
  return 0
}

/** Where an earlier run came to; the replay itself decides whether that still holds. */
function keptAt(file: string): Checkpoint | undefined {
  if (!existsSync(file)) return undefined
  try {
    return deserialize(readFileSync(file)) as Checkpoint
  } catch {
    throw new TypeError(`Name another file, or remove ${file}: it is no state of this program.`)
  }
}

/** Keep it whole or not at all. */
function keepAt(file: string, checkpoint: Checkpoint): void {
  writeFileSync(`${file}.new`, serialize(checkpoint))
  renameSync(`${file}.new`, file)
}

async function settingsAt(place: string, app: string | undefined): Promise<Settings> {
  const { applications } = settingsOf(parsed(place, /^https?:/.test(place) ? await fetched(place) : readHere(place)))
  const found = applications.find((one) => !app || one.appAddress.toLowerCase() === app.toLowerCase())
  if (!found)
    throw new TypeError(`Name an Application of this market: ${applications.map((one) => one.appAddress).join(', ')}.`)
  return found
}

async function fetched(place: string): Promise<string> {
  const answer = await fetch(place).catch(() => {
    throw new Error(`${place} does not answer. Nothing was compared.`)
  })
  return answer.text()
}

function readHere(place: string): string {
  try {
    return readFileSync(place, 'utf8')
  } catch {
    throw new TypeError(`Name the settings of one market: ${place} is no file that can be read.`)
  }
}

function parsed(place: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TypeError(`Name the settings of one market: ${place} is not JSON. A page has them at settings.json.`)
  }
}

/** What went wrong, in one sentence; viem's errors have a page of details. */
function told(error: Error): string {
  return 'shortMessage' in error ? `The chain does not answer as it should: ${error.shortMessage}` : error.message
}

async function start(): Promise<Pyodide> {
  const module = pathToFileURL(`${FOLDER}pyodide.mjs`).href
  const { loadPyodide } = (await import(/* @vite-ignore */ module)) as { loadPyodide: Origin['load'] }
  const read = async (name: string) => new Uint8Array(readFileSync(FOLDER + name))
  return startPython({ load: loadPyodide, folder: FOLDER, read }, false)
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: Error) => {
    const misused = error instanceof TypeError && (error.message.startsWith('Name') || 'code' in error)
    console.error(misused ? `${error.message}\n\n${USAGE}` : `Error: ${told(error)}`)
    process.exitCode = misused ? MISUSED : UNREACHABLE
  },
)
