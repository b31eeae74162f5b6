import { cutOff, type Reached } from '../files/cutOff'
import type { Beginning, Question, Reply, Standing } from './protocol'
import { answer, lastLine, memoryOf, type Origin, type Pyodide, startPython } from './python'

let ready: Promise<Pyodide> | undefined

/** What this worker has done to reach the network since its ways out were taken away. */
let reached: () => Reached = () => ({ requests: 0, refused: 0 })

/** Python's files lie in a folder beside the page. */
async function start({ base, training }: Beginning): Promise<Pyodide> {
  const folder = `${base}python/`
  const { loadPyodide } = (await import(/* @vite-ignore */ `${folder}pyodide.mjs`)) as { loadPyodide: Origin['load'] }
  const read = async (name: string) => new Uint8Array(await (await fetch(folder + name)).arrayBuffer())
  const python = await startPython({ load: loadPyodide, folder, read }, training)
  // From here on it may be given private rows: it has all that it needs.
  const stand = () => self.postMessage({ reached: reached(), memory: memoryOf(python) } satisfies Reply)
  reached = cutOff(stand)
  stand()
  return python
}

self.onmessage = async ({ data }: MessageEvent<Beginning | Question>) => {
  if ('base' in data) {
    ready = start(data)
    ready.catch((error: unknown) => self.postMessage({ unable: lastLine(error) } satisfies Reply))
    return
  }
  const { id } = data
  const tell = (reply: Reply) => self.postMessage(reply)
  let standing: () => Partial<Standing> = () => ({})
  try {
    if (!ready) throw new Error('the first message says where the page lies')
    const python = await ready
    const stands = () => ({ reached: reached(), memory: memoryOf(python) })
    standing = stands
    const found = answer(python, data.name, data.ask, (epoch) => tell({ id, epoch, ...stands() }))
    tell({ id, answer: found, ...stands() })
  } catch (error) {
    tell({ id, failed: lastLine(error), ...standing() })
  }
}
