import { hexToString, isHex } from 'viem'
import type { Settings } from '../app/settings'
import { errorWords } from '../words/errors'
import { NodeError, post } from './rpc'

/** The dapp answers a query with a refusal. */
export class QueryRefused extends Error {
  override name = 'QueryRefused'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

interface Inspected {
  status: string
  reports: { payload: string }[]
}

/**
 * Ask the dapp a read-only query such as `jobs/7`; answered as of the last accepted input.
 *
 * @throws QueryRefused, NodeError
 */
export async function inspect<T>(settings: Settings, query: string): Promise<T> {
  const url = `${settings.inspectUrl.replace(/\/$/, '')}/${settings.appAddress}`
  const found = (await post(url, query, 'application/octet-stream')) as Inspected
  const payload = found.reports?.at(-1)?.payload
  if (!payload || !isHex(payload)) throw new NodeError(errorWords.node.noAnswer(query, found.status))
  const answer = JSON.parse(hexToString(payload)) as T & { code?: string; message?: string }
  if (found.status !== 'Accepted') throw new QueryRefused(answer.code ?? found.status, answer.message ?? query)
  return answer
}
