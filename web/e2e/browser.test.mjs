// What the other tests rely on to tell that nothing outside is reached: it sees requests and WebSockets of every kind.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newContext, startBrowser } from './browser.mjs'

let browser

before(async () => {
  browser = await startBrowser('--host-resolver-rules=MAP *.invalid ~NOTFOUND')
})

after(() => browser?.close())

const REACHES = {
  'a request': ['fetch("http://outside.invalid/x").catch(() => {})', 'http://outside.invalid'],
  'a WebSocket': ['void new WebSocket("ws://outside.invalid:81/x")', 'ws://outside.invalid:81'],
  'a WebSocket of a frame': [
    'document.body.append(Object.assign(document.createElement("iframe"), { srcdoc: "<script>new WebSocket(`ws://outside.invalid/`)</script>" }))',
    'ws://outside.invalid',
  ],
}

for (const [name, [code, origin]] of Object.entries(REACHES)) {
  test(`${name} to another host is written down`, async (t) => {
    const { context, outside } = await newContext(browser)
    t.after(() => context.close())
    const page = await context.newPage()
    const seen = page.waitForEvent(name === 'a request' ? 'requestfailed' : 'websocket')
    await page.evaluate(code)
    await seen
    assert.deepEqual([...outside], [origin])
  })
}

test('a WebSocket to loopback, where the tests live, is not', async (t) => {
  const { context, outside } = await newContext(browser)
  t.after(() => context.close())
  const page = await context.newPage()
  const seen = page.waitForEvent('websocket')
  await page.evaluate('void new WebSocket("ws://127.0.0.1:9/")')
  await seen
  assert.deepEqual([...outside], [])
})
