import bridge from './bridge.py?raw'
import type { Advanced, CallName, Calls, Epoch } from './protocol'
import sponsor from './sponsor.py?raw'
import standIns from './stand_ins.py?raw'
import trainer from './training.py?raw'

/** Pyodide, as far as it is used here; it comes as files beside the page, not as a package. */
export interface Pyodide {
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

let replay: PythonValue | undefined

/** Where Python comes from: the module that loads it, its folder, and the archives beside it. */
export interface Origin {
  load: (options: { indexURL: string }) => Promise<Pyodide>
  folder: string
  read: (name: string) => Promise<Uint8Array>
}

/** Start Python with this project's code; `training`: with all that training takes. */
export async function startPython(origin: Origin, training: boolean): Promise<Pyodide> {
  const python = await origin.load({ indexURL: origin.folder })
  await python.loadPackage(training ? ['numpy', 'scikit-learn'] : ['numpy'], { messageCallback: () => {} })
  python.runPython('import sys, zipfile\nsys.path.insert(0, "/deml")')
  for (const name of training ? ['deml.zip', 'training.zip'] : ['deml.zip']) {
    python.FS.writeFile(`/${name}`, await origin.read(name))
    python.runPython(`zipfile.ZipFile("/${name}").extractall("/deml")`)
  }
  for (const code of [standIns, bridge, sponsor, trainer]) python.runPython(code)
  return python
}

/** Call a function of Python's with plain values, and take what it gives as plain values. */
function plain<T>(python: Pyodide, name: string, ...values: unknown[]): T {
  const found = python.globals.get(name)(...values.map((one) => python.toPy(one)))
  const answer = found.toJs({ dict_converter: Object.fromEntries }) as T
  found.destroy()
  return answer
}

type OnEpoch = (epoch: Epoch) => void

const calls: { [N in CallName]: (python: Pyodide, ask: Calls[N]['ask'], onEpoch: OnEpoch) => Calls[N]['answer'] } = {
  credited: (python, { terms, initial, model, holdout }) => plain(python, 'credited', terms, initial, model, holdout),
  freshModel: (python, { architecture, x }) => plain(python, 'fresh_model', architecture, x),
  holdoutFile: (python, { architecture, x, y }) => plain(python, 'holdout_file', architecture, x, y),
  measured: (python, { architecture, metric, initial, holdout, places, confidence }) =>
    plain(python, 'measured', architecture, metric, initial, holdout, places, confidence),
  drafted: (python, { plan, initial, holdout, spec }) => plain(python, 'drafted', plan, initial, holdout, spec),
  train(python, { terms, initial, asked, privacy, x, y }, onEpoch) {
    const report = (number: number, total: number, score: number | undefined) => onEpoch({ number, total, score })
    return plain(python, 'train', terms, initial, asked, privacy, bytes(x), bytes(y), report)
  },
  prepare: (python, { terms, initial, asked, script, spec, x, y }) =>
    plain(python, 'prepare', terms, initial, asked, script, spec, bytes(x), bytes(y)),
  finish: (python, { model }) => plain(python, 'finish', model),
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

function bytes(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

function hex(digits: string): `0x${string}` {
  return `0x${digits}`
}

/** Answer a question; `onEpoch` hears how far a training has come. */
export function answer(python: Pyodide, name: CallName, ask: unknown, onEpoch: OnEpoch = () => {}): unknown {
  return (calls[name] as (python: Pyodide, ask: unknown, onEpoch: OnEpoch) => unknown)(python, ask, onEpoch)
}

/** Python's own sentence, without the traceback and the error's class. */
export function lastLine(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n')
  return (lines.at(-1) ?? 'Python failed').replace(/^(\w+\.)+\w+: /, '')
}
