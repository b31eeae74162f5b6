import { cutOff } from '../files/cutOff'
import type { Beginning, Question, Reply } from './protocol'
import { answer, lastLine, type Origin, type Pyodide, startPython } from './python'

let ready: Promise<Pyodide> | undefined

/** How many requests this worker has made since its ways out were taken away, by the browser's own count. */
let requests: () => number = () => 0

/** Python's files lie in a folder beside the page. */
async function start({ base, training }: Beginning): Promise<Pyodide> {
  const folder = `${base}python/`
  const { loadPyodide } = (await import(/* @vite-ignore */ `${folder}pyodide.mjs`)) as { loadPyodide: Origin['load'] }
  const read = async (name: string) => new Uint8Array(await (await fetch(folder + name)).arrayBuffer())
  const python = await startPython({ load: loadPyodide, folder, read }, training)
  // From here on it may be given private rows: it has all that it needs.
  requests = cutOff()
  return python
}

self.onmessage = async ({ data }: MessageEvent<Beginning | Question>) => {
  if ('base' in data) {
    ready = start(data)
    return
  }
  const { id } = data
  const tell = (reply: Reply) => self.postMessage(reply)
  try {
    if (!ready) throw new Error('the first message says where the page lies')
    const found = answer(await ready, data.name, data.ask, (epoch) => tell({ id, epoch }))
    tell({ id, answer: found, requests: requests() })
  } catch (error) {
    tell({ id, failed: lastLine(error) })
  }
}
