import { cutOff } from '../files/cutOff'
import bridge from './bridge.py?raw'
import type { Advanced, Beginning, Calls, Question, Reply } from './protocol'
import sponsor from './sponsor.py?raw'
import standIns from './stand_ins.py?raw'
import training from './training.py?raw'

/** Pyodide, as far as it is used here; it comes as files beside the page, not as a package. */
interface Pyodide {
  loadPackage(names: string[], options: { messageCallback: () => void }): Promise<unknown>
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

async function start({ base, training: trains }: Beginning): Promise<Pyodide> {
  const { loadPyodide } = (await import(/* @vite-ignore */ `${base}python/pyodide.mjs`)) as {
    loadPyodide(options: { indexURL: string }): Promise<Pyodide>
  }
  const python = await loadPyodide({ indexURL: `${base}python/` })
  await python.loadPackage(trains ? ['numpy', 'scikit-learn'] : ['numpy'], { messageCallback: () => {} })
  python.runPython('import sys, zipfile\nsys.path.insert(0, "/deml")')
  for (const name of trains ? ['deml.zip', 'training.zip'] : ['deml.zip']) {
    const archive = await fetch(`${base}python/${name}`)
    python.FS.writeFile(`/${name}`, new Uint8Array(await archive.arrayBuffer()))
    python.runPython(`zipfile.ZipFile("/${name}").extractall("/deml")`)
  }
  for (const code of [standIns, bridge, sponsor, training]) python.runPython(code)
  // From here on it may be given private rows: it has all that it needs.
  cutOff()
  return python
}

/** Call a function of Python's with plain values, and take what it gives as plain values. */
function plain<T>(python: Pyodide, name: string, ...values: unknown[]): T {
  const found = python.globals.get(name)(...values.map((one) => python.toPy(one)))
  const answer = found.toJs({ dict_converter: Object.fromEntries }) as T
  found.destroy()
  return answer
}

const calls: { [N in keyof Calls]: (python: Pyodide, ask: Calls[N]['ask'], id: number) => Calls[N]['answer'] } = {
  credited: (python, { terms, initial, model, holdout }) => plain(python, 'credited', terms, initial, model, holdout),
  freshModel: (python, { architecture, x }) => plain(python, 'fresh_model', architecture, x),
  holdoutFile: (python, { architecture, x, y }) => plain(python, 'holdout_file', architecture, x, y),
  measured: (python, { architecture, metric, initial, holdout, places, confidence }) =>
    plain(python, 'measured', architecture, metric, initial, holdout, places, confidence),
  drafted: (python, { plan, initial, holdout, spec }) => plain(python, 'drafted', plan, initial, holdout, spec),
  train(python, { terms, initial, asked, privacy, x, y }, id) {
    const report = (number: number, total: number, score: number | undefined) =>
      self.postMessage({ id, epoch: { number, total, score } } satisfies Reply)
    const bytes = (numbers: Float64Array) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
    return plain(python, 'train', terms, initial, asked, privacy, bytes(x), bytes(y), report)
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
    ready = start(data)
    return
  }
  let reply: Reply
  try {
    if (!ready) throw new Error('the first message says where the page lies')
    const python = await ready
    const answer = (calls[data.name] as (python: Pyodide, ask: unknown, id: number) => unknown)(
      python,
      data.ask,
      data.id,
    )
    reply = { id: data.id, answer }
  } catch (error) {
    reply = { id: data.id, failed: lastLine(error) }
  }
  self.postMessage(reply)
}

/** Python's own sentence, without the traceback and the error's class. */
function lastLine(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n')
  return (lines.at(-1) ?? 'Python failed').replace(/^(\w+\.)+\w+: /, '')
}
