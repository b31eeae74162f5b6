// A wallet in the browser (EIP-6963): ten lines that pass what the page asks to the devnet's own accounts.

/** Put a wallet for `account` into every page of a context; `refuses` names methods that it turns down. */
export async function installWallet(context, { rpcUrl, account, name, refuses = [] }) {
  await context.addInitScript(
    ({ rpcUrl, account, name, refuses }) => {
      const forward = async (method, params) => {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
        const response = await fetch(rpcUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
        const { result, error } = await response.json()
        if (error) throw Object.assign(new Error(error.message), { code: error.code, data: error.data })
        return result
      }
      const provider = {
        on: () => {},
        removeListener: () => {},
        async request({ method, params = [] }) {
          if (refuses.includes(method)) throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
          if (method === 'eth_requestAccounts') {
            localStorage.setItem('test.wallet.agreed', 'yes')
            return [account]
          }
          if (method === 'eth_accounts') return localStorage.getItem('test.wallet.agreed') ? [account] : []
          if (method === 'wallet_requestPermissions') return [{ parentCapability: 'eth_accounts' }]
          if (method.startsWith('wallet_')) throw Object.assign(new Error('no such method'), { code: -32601 })
          return forward(method, params)
        },
      }
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
    { rpcUrl, account, name, refuses },
  )
}
