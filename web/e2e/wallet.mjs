// A wallet in the browser (EIP-6963) that passes what the page asks to the devnet's own accounts, as its owner says:
// `window.testWallet` refuses, is locked, is on another chain, or batches (EIP-5792).

/** Put a wallet for `account` into every page of a context. */
export async function installWallet(context, { rpcUrl, account, name, chainId = 31_337, batches = false }) {
  await context.addInitScript(
    ({ rpcUrl, account, name, chainId, batches }) => {
      const owner = { refuses: false, locked: false, chainId, batches, asked: [] }
      const heard = new Map()
      const hex = (number) => `0x${number.toString(16)}`
      const fail = (message, code, data) => {
        throw Object.assign(new Error(message), { code, data })
      }
      const forward = async (method, params) => {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
        const response = await fetch(rpcUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
        const { result, error } = await response.json()
        return error ? fail(error.message, error.code, error.data) : result
      }
      const receiptOf = async (hash) => {
        const found = await forward('eth_getTransactionReceipt', [hash])
        return found ?? new Promise((done) => setTimeout(() => done(receiptOf(hash)), 200))
      }
      const emit = (event, value) => {
        for (const listener of heard.get(event) ?? []) listener(value)
      }
      const batched = new Map()
      const accounts = () => (owner.locked || !localStorage.getItem('test.wallet.agreed') ? [] : [account])
      const methods = {
        eth_requestAccounts: () => {
          if (owner.locked) fail('The wallet is locked.', -32002)
          localStorage.setItem('test.wallet.agreed', 'yes')
          return [account]
        },
        eth_accounts: accounts,
        eth_chainId: () => hex(owner.chainId),
        wallet_requestPermissions: () => [{ parentCapability: 'eth_accounts' }],
        wallet_switchEthereumChain: ([{ chainId }]) => {
          owner.chainId = Number(chainId)
          emit('chainChanged', chainId)
          return null
        },
        wallet_getCapabilities: () =>
          owner.batches
            ? { [hex(owner.chainId)]: { atomic: { status: 'supported' } } }
            : fail('no such method', -32601),
        wallet_sendCalls: async ([{ calls }]) => {
          const receipts = []
          for (const { to, data } of calls) {
            receipts.push(await receiptOf(await forward('eth_sendTransaction', [{ from: account, to, data }])))
          }
          const id = receipts.at(-1).transactionHash
          batched.set(id, receipts)
          return { id }
        },
        wallet_getCallsStatus: ([id]) => ({
          version: '2.0.0',
          id,
          chainId: hex(owner.chainId),
          atomic: true,
          status: 200,
          receipts: batched.get(id),
        }),
      }
      const provider = {
        on: (event, listener) => heard.set(event, [...(heard.get(event) ?? []), listener]),
        removeListener: (event, listener) =>
          heard.set(
            event,
            (heard.get(event) ?? []).filter((one) => one !== listener),
          ),
        async request({ method, params = [] }) {
          owner.asked.push(method)
          const deed = /^(eth_send|eth_sign|personal_|wallet_sendCalls)/.test(method)
          if (owner.refuses && deed) fail('User rejected the request.', 4001)
          if (owner.locked && deed) fail('The wallet is locked.', 4100)
          if (methods[method]) return methods[method](params)
          return method.startsWith('wallet_') ? fail('no such method', -32601) : forward(method, params)
        },
      }
      window.testWallet = Object.assign(owner, {
        move(chain) {
          owner.chainId = chain
          emit('chainChanged', hex(chain))
        },
        lock(locked) {
          owner.locked = locked
          emit('accountsChanged', accounts())
        },
      })
      const info = {
        uuid: '350670db-19fa-4704-a166-e52e178b59d2',
        name,
        rdns: `test.deml.${name.toLowerCase()}`,
        icon: 'data:,',
      }
      const announce = () =>
        dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }))
      addEventListener('eip6963:requestProvider', announce)
      announce()
    },
    { rpcUrl, account, name, chainId, batches },
  )
}
