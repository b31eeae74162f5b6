// A stranger's trainer, in Python, in a worker of a sandboxed frame. It is given all that it needs, and has no way out:
// the frame's policy forbids every connection, and what it asks for by name is answered from what it was given.
// What it tries to reach is counted by the browser's own word; whoever speaks from here can only accuse itself.
const say = self.postMessage.bind(self)
const later = self.setTimeout.bind(self)
let refused = 0
const refuse = () => {
  refused += 1
  say({ refused })
}
self.addEventListener('securitypolicyviolation', refuse)
self.onmessage = async ({ data: { python, script, files, packages } }) => {
  self.onmessage = null
  const nameOf = (asked) =>
    String(asked.url ?? asked)
      .split('/')
      .at(-1)
  const moduleOf = (name) => URL.createObjectURL(new Blob([python[name]], { type: 'text/javascript' }))
  self.fetch = async (asked) => {
    const content = python[nameOf(asked)]
    if (!content) {
      refuse()
      throw new TypeError('there is no network here')
    }
    const type = nameOf(asked).endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream'
    return new Response(content, { headers: { 'content-type': type } })
  }
  try {
    await import(moduleOf('pyodide.asm.js'))
    const { loadPyodide } = await import(moduleOf('pyodide.mjs'))
    const interpreter = await loadPyodide({
      indexURL: 'https://python.invalid/',
      stdout: (line) => self.postMessage({ line }),
      stderr: (line) => self.postMessage({ line }),
    })
    await interpreter.loadPackage(packages, { messageCallback: () => {}, checkIntegrity: false })
    for (const folder of ['/job', '/data', '/out']) interpreter.FS.mkdirTree(folder)
    for (const [place, content] of Object.entries(files)) interpreter.FS.writeFile(place, content)
    interpreter.FS.writeFile('/trainer.py', script)
    interpreter.runPython(`
import os, runpy, sys
os.environ.update(DEML_JOB="/job", DEML_DATA="/data", DEML_OUT="/out")
sys.argv = ["/trainer.py"]
try:
    runpy.run_path("/trainer.py", run_name="__main__")
except SystemExit as end:
    if end.code not in (None, 0):
        raise RuntimeError(f"it ended with {end.code}") from None
`)
    const left = interpreter.FS.readdir('/out').filter((name) => name !== '.' && name !== '..')
    const model = left.includes('model.safetensors') ? interpreter.FS.readFile('/out/model.safetensors') : null
    for (let turn = 0; turn < 3; turn += 1) await new Promise((next) => later(next))
    say({ left, model })
  } catch (error) {
    say({ failed: String(error?.message ?? error) })
  }
}
