// Python in WebAssembly, as `python -m MODULE < input > output`: node tests/e2e/wasm_python.mjs -m MODULE
//
// The interpreter, numpy and the libraries are those of the page (web/public/python, made by web/scripts/build_python.py);
// this project's code is taken from the checkout.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const files = path.join(root, 'web/public/python/')

const [flag, module] = process.argv.slice(2)
if (flag !== '-m' || !module) {
  console.error('usage: node tests/e2e/wasm_python.mjs -m MODULE')
  process.exit(2)
}

const { loadPyodide } = await import(pathToFileURL(path.join(files, 'pyodide.mjs')))
const written = []
const python = await loadPyodide({
  indexURL: files,
  env: { PYTHONHASHSEED: process.env.PYTHONHASHSEED ?? '3', HOME: '/home/pyodide' },
  stdout: (line) => written.push(line),
  stderr: (line) => console.error(line),
})
await python.loadPackage(['numpy', 'scikit-learn'], { messageCallback: () => {} })
python.FS.mkdirTree('/checkout')
python.FS.mount(python.FS.filesystems.NODEFS, { root }, '/checkout')
for (const name of ['deml.zip', 'training.zip']) python.FS.writeFile(`/${name}`, readFileSync(path.join(files, name)))
python.globals.set('given', await text(process.stdin))
python.globals.set('module', module)
python.runPython(readFileSync(path.join(root, 'web/src/python/stand_ins.py'), 'utf8').replace(/^/, `
import sys, zipfile
for name in ("/deml.zip", "/training.zip"):
    zipfile.ZipFile(name).extractall("/packages")
sys.path[:0] = ["/checkout", "/checkout/dapp", "/packages"]
`))
try {
  python.runPython(`
import io, os, runpy, sys
os.chdir("/checkout")
sys.stdin = io.StringIO(given)
sys.argv = [module]
runpy.run_module(module, run_name="__main__")
`)
} catch (error) {
  console.error(String(error.message ?? error))
  process.exit(1)
}
process.stdout.write(written.map((line) => `${line}\n`).join(''))
