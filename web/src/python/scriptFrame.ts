import { errorWords } from '../words/errors'
import code from './scriptWorker.js?raw'

/** A stranger's trainer was stopped, or failed, or left what it may not. */
export class ScriptError extends Error {
  override name = 'ScriptError'
}

export interface ScriptJob {
  script: Uint8Array
  /** Files of the job and of the rows, by path. */
  files: Record<string, Uint8Array>
  /** Most bytes that its model may have. */
  maxBytes: number
}

const MODEL = 'model.safetensors'

/** Files that Python is made of, and those that scikit-learn needs besides. */
const PYTHON = ['pyodide.mjs', 'pyodide.asm.js', 'pyodide.asm.wasm', 'pyodide-lock.json', 'python_stdlib.zip']
const PACKAGES = {
  numpy: ['numpy'],
  'scikit-learn': ['numpy', 'scikit_learn', 'scipy', 'openblas', 'joblib', 'threadpoolctl'],
}

/** Limits as in the command's sandbox: what it may print, and how long it may take. */
const MAX_MESSAGES = 32_768
const MAX_LINE = 500
const WALL_MS = 4 * 3_600_000

/** What the frame says; a stranger speaks through it, so nothing about it is sure. */
interface Said {
  ready?: unknown
  line?: unknown
  failed?: unknown
  refused?: unknown
  left?: unknown
  model?: unknown
}

/**
 * Run a stranger's trainer in a frame of an opaque origin that can reach nothing.
 *
 * @param signal ends it.
 * @param onRefused hears how often it has tried to reach the network, as the browser says in its worker.
 * @returns the model's file as it was left; it has passed no gate yet.
 * @throws ScriptError
 */
export async function runScript(
  job: ScriptJob,
  onLine: (line: string) => void,
  signal: AbortSignal,
  onRefused: (attempts: number) => void = () => {},
): Promise<Uint8Array> {
  const needs = new TextDecoder().decode(job.script).includes('sklearn') ? 'scikit-learn' : 'numpy'
  const python = await pythonFiles(PACKAGES[needs])
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.title = errorWords.script.title
  frame.hidden = true
  frame.src = new URL('./trainer.html', document.baseURI).href
  let resolve: (model: Uint8Array) => void = () => {}
  let fail: (reason: string) => void = () => {}
  const ended = new Promise<Uint8Array>((done, failed) => {
    resolve = done
    fail = (reason) => failed(new ScriptError(reason))
  })
  let messages = 0
  let refused = 0
  const hear = ({ source, data }: MessageEvent<Said | null>) => {
    if (source !== frame.contentWindow) return
    messages += 1
    if (messages > MAX_MESSAGES) return fail(errorWords.script.tooMuch)
    if (typeof data !== 'object' || data === null) return
    if (data.ready === true) {
      const { script, files } = job
      frame.contentWindow?.postMessage({ worker: code, job: { python, script, files, packages: [needs] } }, '*')
    } else if (typeof data.line === 'string') {
      onLine(data.line.slice(0, MAX_LINE))
    } else if (Number.isSafeInteger(data.refused)) {
      refused = Math.max(refused, data.refused as number)
      onRefused(refused)
    } else if (typeof data.failed === 'string') {
      fail(data.failed.trim().split('\n').at(-1)?.slice(0, MAX_LINE) ?? errorWords.script.failed)
    } else if (Array.isArray(data.left)) {
      const [other] = data.left.filter((name) => name !== MODEL)
      if (other !== undefined) fail(errorWords.script.left(String(other).slice(0, MAX_LINE)))
      else if (!(data.model instanceof Uint8Array)) fail(errorWords.script.noModel)
      else if (data.model.length > job.maxBytes) fail(errorWords.script.tooLarge(job.maxBytes))
      else resolve(data.model)
    }
  }
  const timer = setTimeout(() => fail(errorWords.script.tooLong), WALL_MS)
  const stop = () => fail(errorWords.script.stopped)
  signal.addEventListener('abort', stop)
  addEventListener('message', hear)
  document.body.append(frame)
  try {
    return await ended
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    removeEventListener('message', hear)
    frame.remove()
  }
}

/** Read Python's files, which the frame cannot do itself; packages by how their files' names begin. */
async function pythonFiles(packages: readonly string[]): Promise<Record<string, Uint8Array>> {
  const folder = new URL('./python/', document.baseURI).href
  const read = async (name: string) => new Uint8Array(await (await fetch(folder + name)).arrayBuffer())
  const lock = JSON.parse(new TextDecoder().decode(await read('pyodide-lock.json'))) as {
    packages: Record<string, { file_name: string }>
  }
  const known = Object.values(lock.packages).map((one) => one.file_name)
  const wanted = packages.flatMap((name) => known.filter((file) => file.startsWith(`${name}-`)))
  const names = [...PYTHON, ...wanted]
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)))
}
