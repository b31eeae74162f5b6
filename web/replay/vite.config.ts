import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const PYTHON = fileURLToPath(new URL('../public/python/', import.meta.url))
const TARGET = fileURLToPath(new URL('./dist/python/', import.meta.url))

/** Python's files lie beside the program, but those that only training takes. */
const python: Plugin = {
  name: 'python',
  closeBundle() {
    mkdirSync(TARGET, { recursive: true })
    for (const name of readdirSync(PYTHON)) {
      if (!/^(scikit|scipy|openblas|joblib|threadpoolctl|training)/.test(name)) cpSync(PYTHON + name, TARGET + name)
    }
  },
}

/** One file for Node.js, with all that it imports. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  plugins: [python],
  resolve: { alias: { '@deml/abi': fileURLToPath(new URL('../abi/index.ts', import.meta.url)) } },
  ssr: { noExternal: true, target: 'node' },
  build: { ssr: 'cli.ts', target: 'node20', rolldownOptions: { output: { entryFileNames: 'deml-replay.js' } } },
})
