import bridge from './bridge.py?raw'
import type { Advanced, Beginning, Calls, Evaluation, Question, Reply } from './protocol'
import standIns from './stand_ins.py?raw'

/** Pyodide, as far as it is used here; it comes as files beside the page, not as a package. */
interface Pyodide {
  loadPackage(name: string, options: { messageCallback: () => void }): Promise<unknown>
  runPython(code: string): unknown
  globals: { get(name: string): PythonCallable }
  toPy(value: unknown): unknown
  FS: { writeFile(path: string, content: Uint8Array): void }
}

type PythonCallable = (...values: unknown[]) => PythonValue

interface PythonValue {
  toJs(options: { dict_converter: typeof Object.fromEntries }): unknown
  advance?: PythonCallable
  destroy(): void
}

let ready: Promise<Pyodide> | undefined
let replay: PythonValue | undefined

async function start(base: string): Promise<Pyodide> {
  const { loadPyodide } = (await import(/* @vite-ignore */ `${base}python/pyodide.mjs`)) as {
    loadPyodide(options: { indexURL: string }): Promise<Pyodide>
  }
  const python = await loadPyodide({ indexURL: `${base}python/` })
  await python.loadPackage('numpy', { messageCallback: () => {} })
  const archive = await fetch(`${base}python/deml.zip`)
  python.FS.writeFile('/deml.zip', new Uint8Array(await archive.arrayBuffer()))
  python.runPython('import sys, zipfile\nzipfile.ZipFile("/deml.zip").extractall("/deml")\nsys.path.insert(0, "/deml")')
  python.runPython(standIns)
  python.runPython(bridge)
  return python
}

const calls: { [N in keyof Calls]: (python: Pyodide, ask: Calls[N]['ask']) => Calls[N]['answer'] } = {
  credited(python, { terms, initial, model, holdout }) {
    const found = python.globals.get('credited')(python.toPy(terms), initial, model, holdout)
    const evaluation = found.toJs({ dict_converter: Object.fromEntries }) as Evaluation
    found.destroy()
    return evaluation
  },
  begin(python, { contracts }) {
    replay?.destroy()
    replay = python.globals.get('Replay')(python.toPy(contracts))
    return null
  },
  advance(python, { meta, payload }) {
    if (!replay?.advance) throw new Error('a replay begins before it advances')
    const made = replay.advance(python.toPy(meta), payload)
    const { accepted, outputs, reports } = made.toJs({ dict_converter: Object.fromEntries }) as {
      accepted: boolean
      outputs: string[]
      reports: string[]
    }
    made.destroy()
    return { accepted, outputs: outputs.map(hex), reports: reports.map(hex) } satisfies Advanced
  },
}

function hex(digits: string): `0x${string}` {
  return `0x${digits}`
}

self.onmessage = async ({ data }: MessageEvent<Beginning | Question>) => {
  if ('base' in data) {
    ready = start(data.base)
    return
  }
  let reply: Reply
  try {
    if (!ready) throw new Error('the first message says where the page lies')
    const python = await ready
    const answer = (calls[data.name] as (python: Pyodide, ask: unknown) => unknown)(python, data.ask)
    reply = { id: data.id, answer }
  } catch (error) {
    reply = { id: data.id, failed: lastLine(error) }
  }
  self.postMessage(reply)
}

/** Python's own sentence, without the traceback. */
function lastLine(error: unknown): string {
  return (
    String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n')
      .at(-1) ?? 'Python failed'
  )
}
