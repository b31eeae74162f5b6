// The devnet, as `deml devnet` runs it, and the clock that a test may set.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const PYTHON = process.env.DEML_PYTHON ?? new URL('../../.venv/bin/python', import.meta.url).pathname

/** Start a devnet of its own in a new folder; everything it leaves goes with `close`. */
export function startDevnet() {
  const folder = mkdtempSync(join(tmpdir(), 'deml-page-'))
  const environment = {
    ...process.env,
    DEML_HOME: join(folder, 'home'),
    DEML_DEVNET_DIR: join(folder, 'devnet'),
  }
  /** Run `deml` to its end; returns what it prints. */
  const deml = (...words) => {
    const run = spawnSync(PYTHON, ['-m', 'deml_cli', ...words], { env: environment, cwd: folder, encoding: 'utf8' })
    if (run.status !== 0)
      throw new Error(`deml ${words.join(' ')} ended with ${run.status}:\n${run.stderr}${run.stdout}`)
    return run.stdout
  }
  deml('devnet', 'up', '--chain-port', '0', '--node-port', '0', '--blocks-port', '0', '--block-seconds', '1')
  const deployment = JSON.parse(readFileSync(join(folder, 'devnet', 'deployment.json'), 'utf8'))

  /** Call a method of the chain's JSON-RPC. */
  const rpc = async (method, params = []) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const response = await fetch(deployment.rpc_url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const answer = await response.json()
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`)
    return answer.result
  }

  /** Let time pass until just after `moment`, and let that be final. */
  const passUntil = async (moment) => {
    const { timestamp } = await rpc('eth_getBlockByNumber', ['latest', false])
    if (Number(timestamp) <= moment) {
      await rpc('evm_setNextBlockTimestamp', [`0x${(moment + 1).toString(16)}`])
    }
    await rpc('anvil_mine', ['0x4'])
  }

  return {
    folder,
    deployment,
    environment,
    deml,
    rpc,
    passUntil,
    close() {
      deml('devnet', 'down')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Start `deml web` on a free port; resolves with its address. */
export async function startPage(devnet, ...words) {
  const child = spawn(PYTHON, ['-m', 'deml_cli', 'web', '--port', '0', '--json', ...words], {
    env: devnet.environment,
    cwd: devnet.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
      if (text.includes('\n')) resolve(text.split('\n')[0])
    })
    child.on('exit', (code) => reject(new Error(`deml web ended with ${code}`)))
  })
  return { url: JSON.parse(line).url, close: () => child.kill('SIGINT') }
}

/** A chain client before the devnet's own, which counts what it is asked for. */
export async function secondClient(target) {
  const asked = []
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*')
    const parts = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts).toString()
    if (request.method === 'OPTIONS') return response.end()
    asked.push(...[JSON.parse(body)].flat().map((one) => one.method))
    const told = await fetch(target, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    response.setHeader('content-type', 'application/json')
    response.end(await told.text())
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return { asked, url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }
}
