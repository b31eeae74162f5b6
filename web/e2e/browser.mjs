// Debian's Chromium, driven by Playwright; nothing outside loopback is reached, and what was asked for is kept.
import { chromium } from 'playwright-core'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function startBrowser(...more) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...FLAGS, ...more] })
}

const HOST = '127.0.0.1'

/**
 * A context whose requests to other hosts are aborted and written down in `outside`, as are its WebSockets; errors of pages
 * in `errors`.
 */
export async function newContext(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const outside = new Set()
  const errors = []
  await context.route(
    (url) => url.hostname !== HOST && url.protocol.startsWith('http'),
    (route) => {
      outside.add(new URL(route.request().url()).origin)
      return route.abort()
    },
  )
  context.on('page', (page) => {
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('websocket', (socket) => {
      const { hostname, origin } = new URL(socket.url())
      if (hostname !== HOST) outside.add(origin)
    })
  })
  return { context, outside, errors }
}
