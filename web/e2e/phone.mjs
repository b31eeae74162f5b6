// The phone: a WalletConnect wallet in a process of its own, with one account. It prints what it is asked, and reads
// pairing links, one a line: node phone.mjs RELAY RPC ACCOUNT CHAIN
import { createInterface } from 'node:readline'
import { SignClient } from '@walletconnect/sign-client'

const [relayUrl, rpcUrl, account, chain] = process.argv.slice(2)

const wallet = await SignClient.init({
  projectId: '0'.repeat(32),
  relayUrl,
  telemetryEnabled: false,
  metadata: { name: 'Phone', description: 'A wallet on a phone', url: 'http://127.0.0.1', icons: [] },
  storageOptions: { database: ':memory:' },
})

/** The market's chain, and another one that the wallet knows. */
const chains = [`eip155:${chain}`, 'eip155:1']

let refusing = false

/** The devnet's own accounts are unlocked at its chain: it signs what the phone agrees to. */
async function chainDoes(method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(rpcUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  return response.json()
}

wallet.on('session_proposal', async ({ id, params }) => {
  if (refusing) {
    await wallet.reject({ id, reason: { code: 5000, message: 'User rejected.' } })
    return
  }
  const asked = { ...params.requiredNamespaces, ...params.optionalNamespaces }.eip155
  const namespaces = {
    eip155: { ...asked, chains, accounts: chains.map((one) => `${one}:${account}`) },
  }
  await wallet.approve({ id, namespaces })
  console.log('paired')
})

wallet.on('session_request', async ({ topic, id, params }) => {
  const { method, params: values } = params.request
  console.log(method)
  if (method === 'wallet_switchEthereumChain' && !refusing) {
    await wallet.respond({ topic, response: { id, jsonrpc: '2.0', result: null } })
    await moveTo(Number(values[0].chainId))
    return
  }
  const answer = refusing ? { error: { code: 5000, message: 'User rejected.' } } : await chainDoes(method, values)
  const response = answer.error
    ? { id, jsonrpc: '2.0', error: answer.error }
    : { id, jsonrpc: '2.0', result: answer.result }
  await wallet.respond({ topic, response })
})

wallet.on('session_delete', () => console.log('disconnected'))

/** Tell the page that the wallet is on another chain now, as somebody does by tapping. */
async function moveTo(other) {
  for (const { topic } of wallet.session.getAll()) {
    const event = { name: 'chainChanged', data: other }
    await wallet.emit({ topic, event, chainId: `eip155:${other}` })
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'refuse') refusing = true
  else if (line === 'agree') refusing = false
  else if (line.startsWith('chain ')) await moveTo(Number(line.slice(6)))
  else if (line.startsWith('wc:')) await wallet.pair({ uri: line })
}
process.exit(0)
