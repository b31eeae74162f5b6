import { errorWords } from '../words/errors'

/** The Cartesi node cannot be asked, or answers with an error. */
export class NodeError extends Error {
  override name = 'NodeError'
  readonly unreachable: boolean

  constructor(message: string, unreachable = false) {
    super(message)
    this.unreachable = unreachable
  }
}

/** How long an answer may take; an inspect of a real node may take most of it. */
const ANSWER_MS = 60_000

/** Largest answer read: a page of outputs that hold whole models. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20

/**
 * Call a method of the node's JSON-RPC.
 *
 * @throws NodeError
 */
export async function call<T>(url: string, method: string, params: Record<string, unknown>): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = (await post(url, body, 'application/json')) as { result?: T; error?: { message?: string } }
  if (answer.error) throw new NodeError(errorWords.node.refused(method, answer.error.message))
  if (!('result' in answer)) throw new NodeError(errorWords.node.noResult(method))
  return answer.result as T
}

/**
 * POST to the node and read JSON.
 *
 * @throws NodeError
 */
export async function post(url: string, body: string, type: string): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
      signal: AbortSignal.timeout(ANSWER_MS),
    })
  } catch {
    throw new NodeError(errorWords.node.silent, true)
  }
  if (response.status === 502 || response.status === 503) throw new NodeError(errorWords.node.notReady, true)
  const text = await boundedText(response)
  try {
    return JSON.parse(text)
  } catch {
    throw new NodeError(errorWords.node.noJson(response.status))
  }
}

/** The body of an answer, as far as it may be long; what a header says of its length is the node's word, and of packed bytes. */
async function boundedText(response: Response): Promise<string> {
  if (!response.body) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  const parts: string[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return parts.join('') + decoder.decode()
      size += value.length
      if (size > MAX_ANSWER_BYTES) throw new NodeError(errorWords.node.tooLarge)
      parts.push(decoder.decode(value, { stream: true }))
    }
  } catch (error) {
    throw error instanceof NodeError ? error : new NodeError(errorWords.node.silent, true)
  } finally {
    void reader.cancel().catch(() => undefined) // No more of it is wanted, whether its sender hears that or not.
  }
}
