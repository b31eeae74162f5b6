import { errorWords } from '../words/errors'
import bridge from './bridge.py?raw'
import type { Advanced, CallName, Calls, Epoch, Examined, Held, Snapshot, ToldJob } from './protocol'
import replaying from './replay.py?raw'
import sponsor from './sponsor.py?raw'
import standIns from './stand_ins.py?raw'
import trainer from './training.py?raw'

/** Pyodide, as far as it is used here; it comes as files beside the page, not as a package. */
export interface Pyodide {
  loadPackage(names: string[], options: { messageCallback: () => void }): Promise<unknown>
  runPython(code: string): unknown
  globals: { get(name: string): PythonCallable }
  toPy(value: unknown): unknown
  /** The WebAssembly module; its memory only grows. */
  _module: { HEAPU8: Uint8Array }
  FS: { writeFile(path: string, content: Uint8Array): void; readFile(path: string): Uint8Array }
}

type PythonCallable = (...values: unknown[]) => PythonValue

interface PythonValue {
  toJs(options: { dict_converter: typeof Object.fromEntries }): unknown
  destroy(): void
}

interface PythonReplay extends PythonValue {
  run: PythonCallable
  changed: PythonCallable
  balances: PythonCallable
  snapshot: PythonCallable
  restore(state: unknown, digest: string): boolean
}

let replay: PythonReplay | undefined

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
  for (const code of [standIns, bridge, sponsor, trainer, replaying]) python.runPython(code)
  return python
}

/** Call a function of Python's with plain values, and take what it gives as plain values. */
function plain<T>(python: Pyodide, name: string, ...values: unknown[]): T {
  return taken(python.globals.get(name)(...values.map((one) => python.toPy(one))))
}

/** A value of Python's as a plain one. */
function taken<T>(found: PythonValue): T {
  const answer = found.toJs({ dict_converter: Object.fromEntries }) as T
  found.destroy()
  return answer
}

function begun(): PythonReplay {
  if (!replay) throw new Error('a replay begins before it advances')
  return replay
}

/** How Python, numpy, and the browser's WebAssembly say that there is no more memory. */
const NO_MEMORY = /\b(MemoryError|_ArrayMemoryError)\b|out of memory|Out of memory|Cannot enlarge memory/

type OnEpoch = (epoch: Epoch) => void

const calls: { [N in CallName]: (python: Pyodide, ask: Calls[N]['ask'], onEpoch: OnEpoch) => Calls[N]['answer'] } = {
  credited: (python, { terms, initial, model, holdout }) => plain(python, 'credited', terms, initial, model, holdout),
  freshModel: (python, { architecture, x }) => plain(python, 'fresh_model', architecture, x),
  imported: (python, { name, content, classes, columns }) => plain(python, 'imported', name, content, classes, columns),
  fits: (python, { architecture, content }) =>
    python.globals.get('fits')(architecture, python.toPy(content)) as unknown as boolean,
  averaged: (python, { architecture, initial, files }) => plain(python, 'averaged', architecture, initial, files),
  holdoutFile: (python, { architecture, x, y }) => plain(python, 'holdout_file', architecture, x, y),
  measured: (python, { architecture, metric, initial, holdout, places, confidence }) =>
    plain(python, 'measured', architecture, metric, initial, holdout, places, confidence),
  drafted: (python, { plan, initial, holdout, spec }) => plain(python, 'drafted', plan, initial, holdout, spec),
  train(python, { terms, initial, asked, privacy, x, y }, onEpoch) {
    const report = (number: number, total: number, loss?: number, score?: number, spent?: number) =>
      onEpoch({ number, total, loss, score, spent })
    return plain(python, 'train', terms, initial, asked, privacy, bytes(x), bytes(y), report)
  },
  prepare: (python, { terms, initial, asked, script, spec, x, y }) =>
    plain(python, 'prepare', terms, initial, asked, script, spec, bytes(x), bytes(y)),
  finish: (python, { model }) => plain(python, 'finish', model),
  audited(python, { shadows, aside, ...given }, onEpoch) {
    const unseen = aside && [bytes(aside.x), bytes(aside.y)]
    return plain(python, 'audited', ...examined(given), unseen, shadows, steps(onEpoch))
  },
  shrunken: (python, { loss, ...given }, onEpoch) =>
    plain(python, 'shrunken', ...examined(given), loss, steps(onEpoch)),
  begin(python, { contracts, kept }) {
    replay?.destroy()
    const program = python.toPy(python.FS.readFile('/deml.zip'))
    replay = python.globals.get('PageReplay')(python.toPy(contracts), program) as PythonReplay
    return kept !== null && replay.restore(python.toPy(kept.state), kept.digest)
  },
  advance(python, { meta, payload }) {
    type Made = { accepted: boolean; outputs: string[]; reports: string[] }
    const { accepted, outputs, reports } = taken<Made>(begun().run(python.toPy(meta), python.toPy(payload)))
    return { accepted, outputs: outputs.map(hex), reports: reports.map(hex) } satisfies Advanced
  },
  checkpoint() {
    return {
      changed: taken<ToldJob[]>(begun().changed()),
      balances: taken<Held[]>(begun().balances()),
      snapshot: taken<Snapshot>(begun().snapshot()),
    }
  },
}

function examined({ terms, initial, model, record, x, y }: Examined): unknown[] {
  return [terms, initial, model, record, bytes(x), bytes(y)]
}

function steps(onEpoch: OnEpoch) {
  return (number: number, total: number) => onEpoch({ number, total })
}

function bytes(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

function hex(digits: string): `0x${string}` {
  return `0x${digits}`
}

/** Answer a question; `onEpoch` hears how far it has come. */
export function answer(python: Pyodide, name: CallName, ask: unknown, onEpoch: OnEpoch = () => {}): unknown {
  return (calls[name] as (python: Pyodide, ask: unknown, onEpoch: OnEpoch) => unknown)(python, ask, onEpoch)
}

/** Bytes that Python holds. */
export function memoryOf(python: Pyodide): number {
  return python._module.HEAPU8.length
}

/** Python's own sentence, without the traceback and the error's class; or that memory did not suffice. */
export function lastLine(error: unknown): string {
  const text = String(error instanceof Error ? error.message : error).trim()
  if (NO_MEMORY.test(text)) return errorWords.python.memory
  const lines = text.split('\n')
  return (lines.at(-1) ?? errorWords.python.failed).replace(/^(\w+\.)+\w+: /, '')
}
