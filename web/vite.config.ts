import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Relative paths, so that the page can lie in any folder: on a server, on IPFS, behind `deml web`. */
export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss()],
  build: { target: 'es2022', assetsInlineLimit: 0, manifest: true, modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  test: { include: ['test/**/*.test.ts'] },
})
