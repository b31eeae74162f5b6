import { type Hex, hexToString, toHex } from 'viem'
import type { Settings } from '../app/settings'
import { errorWords } from '../words/errors'
import { call, NodeError } from './rpc'

/** Why the dapp refused an input, in its own code and words. */
export interface Refusal {
  code: string
  message: string
}

interface RawInput {
  data: { status: string; raw_data: Hex }
}

/** What became of an input: why the dapp refused it, if it did, and the input itself, to tell it from another one. */
export interface Outcome {
  input: Hex
  refusal: Refusal | undefined
}

interface RawReports {
  data: { raw_data: Hex }[]
}

/** Pause between looks, and how long to look before giving up: a slow validator takes 3 minutes for one input. */
const LOOK_MS = 500
const TIMEOUT_MS = 240_000

/**
 * Wait until the node has run an input.
 *
 * @returns with why the dapp refused it, or why a deposit was only credited.
 * @throws NodeError if the node does not run it in time.
 */
export async function inputOutcome(settings: Settings, index: number): Promise<Outcome> {
  const application = settings.appAddress
  const deadline = Date.now() + TIMEOUT_MS
  for (;;) {
    const found = await findInput(settings, index)
    if (found && found.status !== 'NONE') {
      const params = { application, input_index: toHex(index), limit: 100, offset: 0 }
      const { data } = await call<RawReports>(settings.nodeUrl, 'cartesi_listReports', params)
      return { input: found.raw_data, refusal: refusalIn(data, found.status) }
    }
    if (Date.now() > deadline) throw new NodeError(errorWords.node.notRun(index), true)
    await new Promise((done) => setTimeout(done, LOOK_MS))
  }
}

/** Code of the error that a report tells of; undefined for one that tells of none. */
export function reportCode(raw: Hex): string | undefined {
  return readReport(raw)?.code
}

/** An input; undefined while the node has not read it from the chain. */
async function findInput(settings: Settings, index: number): Promise<RawInput['data'] | undefined> {
  try {
    const params = { application: settings.appAddress, input_index: toHex(index) }
    return (await call<RawInput>(settings.nodeUrl, 'cartesi_getInput', params)).data
  } catch (error) {
    if (error instanceof NodeError && !error.unreachable) return undefined
    throw error
  }
}

function refusalIn(reports: RawReports['data'], status: string): Refusal | undefined {
  for (const report of reports) {
    const read = readReport(report.raw_data)
    const reason = read?.reason ?? (status === 'ACCEPTED' ? undefined : read)
    if (reason?.code) return { code: reason.code, message: reason.message ?? reason.code }
  }
  return status === 'ACCEPTED' ? undefined : { code: status, message: errorWords.node.noReason }
}

interface Report {
  code?: string
  message?: string
  reason?: { code?: string; message?: string }
}

function readReport(raw: Hex): Report | undefined {
  try {
    return JSON.parse(hexToString(raw)) as Report
  } catch {
    return undefined // a report that is no JSON says nothing to people
  }
}
