// Debian's Firefox, driven by WebDriver BiDi over a WebSocket: what a smoke run of the page takes, and no more.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr'

/** How long something may take that a page does, on a machine that is busy. */
const WAIT_MS = 120_000

export async function startFirefox() {
  const profile = mkdtempSync(join(tmpdir(), 'deml-firefox-'))
  const child = spawn(FIREFOX, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile, MOZ_DISABLE_AUTO_SAFE_MODE: '1' },
  })
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line)
      if (found) resolve(found[1])
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`Firefox ended with ${code}`)))
  })
  const socket = new WebSocket(`${address}/session`)
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  const waiting = new Map()
  const errors = []
  let last = 0
  socket.on('message', (raw) => {
    const { id, type, result, message, method, params } = JSON.parse(raw)
    if (method === 'log.entryAdded' && params.type === 'javascript') errors.push(params.text)
    const asked = waiting.get(id)
    waiting.delete(id)
    if (type === 'error') asked?.reject(new Error(message))
    else asked?.resolve(result)
  })
  const ask = (method, params) =>
    new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject })
      socket.send(JSON.stringify({ id: last, method, params }))
    })
  const { capabilities } = await ask('session.new', { capabilities: {} })
  await ask('session.subscribe', { events: ['log.entryAdded'] })
  const { context } = await ask('browsingContext.create', { type: 'tab' })

  /** What an expression in the page comes to; strings, numbers and booleans. */
  const evaluate = async (expression) => {
    const target = { context }
    const answer = await ask('script.evaluate', { expression, target, awaitPromise: true })
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text)
    return answer.result.value
  }
  return {
    version: capabilities.browserVersion,
    errors,
    evaluate,
    goto: (url) => ask('browsingContext.navigate', { context, url, wait: 'complete' }),
    resize: (width, height) => ask('browsingContext.setViewport', { context, viewport: { width, height } }),
    /** Wait until an expression holds. */
    async until(expression) {
      const end = Date.now() + WAIT_MS
      while (!(await evaluate(expression))) {
        if (Date.now() > end)
          throw new Error(`${expression}\n${await evaluate('document.body.innerText.slice(0, 2000)')}`)
        await new Promise((later) => setTimeout(later, 100))
      }
    },
    /** Press a button or follow a link by its text. */
    press: (text) =>
      evaluate(
        `[...document.querySelectorAll('button, a, summary')].find((one) => one.innerText.trim().startsWith(${JSON.stringify(text)}) && !one.disabled).click()`,
      ),
    /** Give a file to the input that a label names. */
    async give(label, file) {
      const expression = `[...document.querySelectorAll('input[type=file]')].find((one) => one.labels[0]?.innerText.includes(${JSON.stringify(label)}))`
      const target = { context }
      const { result } = await ask('script.evaluate', { expression, target, awaitPromise: false })
      await ask('input.setFiles', { context, element: { sharedId: result.sharedId }, files: [file] })
    },
    async close() {
      socket.close()
      await new Promise((ended) => {
        child.once('exit', ended)
        child.kill()
      })
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
