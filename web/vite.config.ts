import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Relative paths, so that the page can lie in any folder: on a server, on IPFS, behind `deml web`. */
export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss()],
  resolve: {
    // WalletConnect's own dialog, which this page never opens: it has one, and AppKit would triple what is hosted.
    alias: [
      { find: '@deml/abi', replacement: new URL('./abi/index.ts', import.meta.url).pathname },
      { find: /^@reown\/appkit.*$/, replacement: new URL('./src/wallet/noModal.ts', import.meta.url).pathname },
    ],
  },
  build: { target: 'es2022', assetsInlineLimit: 0, manifest: true, modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  test: { include: ['test/**/*.test.ts'] },
})
