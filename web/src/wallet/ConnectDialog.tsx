import { type JSX, useEffect, useRef, useState } from 'react'
import { renderSVG } from 'uqr'
import { type Connector, useAccount, useConnect, useConnectors } from 'wagmi'
import { wantPhone } from '../chain/config'
import { Dialog } from '../components/Dialog'
import { Icon } from '../components/Icon'
import { Note } from '../components/Note'
import { words } from '../words'

/** Choose a wallet: those found in this browser, then a phone by WalletConnect. */
export function ConnectDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const connectors = useConnectors()
  const { isConnected } = useAccount()
  const { connect, error, isPending, reset } = useConnect()
  const [phone, setPhone] = useState(false)
  useEffect(() => {
    if (isConnected) onClose()
  }, [isConnected, onClose])
  const named = connectors.filter((one) => one.type === 'injected' && one.id !== 'injected')
  const nameless = connectors.filter((one) => one.id === 'injected' && hasProvider())
  const here = named.length > 0 ? named : nameless
  const remote = connectors.find((one) => one.id === 'walletConnect')
  return (
    <Dialog title={words.wallet.connectWallet} onClose={onClose}>
      <h3 className="mb-2">{words.wallet.here}</h3>
      {here.length === 0 && <p className="text-14 text-ink-2">{words.wallet.none}</p>}
      <ul className="grid gap-2">
        {here.map((one) => (
          <li key={one.uid}>
            <button
              type="button"
              className="grid w-full grid-cols-[36px_1fr] items-center gap-3 rounded-control border border-line px-3 py-2.5 text-left hover:border-edge hover:bg-well"
              disabled={isPending}
              onClick={() => connect({ connector: one })}
            >
              <span className="grid size-9 place-items-center rounded-control bg-well text-14 font-bold text-ink-2">
                {one.name.slice(0, 1)}
              </span>
              {one.name}
            </button>
          </li>
        ))}
      </ul>
      <h3 className="mt-6 mb-2 flex items-center gap-2">
        <Icon name="phone" /> {words.wallet.phone}
      </h3>
      {remote === undefined && <p className="text-14 text-ink-2">{words.wallet.noPhone}</p>}
      {remote && !phone && (
        <button type="button" className="button" onClick={() => setPhone(true)}>
          {words.wallet.phone}
        </button>
      )}
      {remote && phone && <Pairing connector={remote} onAgain={reset} />}
      {error && !phone && (
        <div className="mt-4">
          <Note kind="bad">{words.wallet.refused}</Note>
        </div>
      )}
    </Dialog>
  )
}

function hasProvider(): boolean {
  return 'ethereum' in window
}

/** A pairing with a phone: the code, the link for a wallet on this very phone, and what becomes of it. */
function Pairing({ connector, onAgain }: { connector: Connector; onAgain: () => void }): JSX.Element {
  const [uri, setUri] = useState<string>()
  const { connect, error, reset } = useConnect()
  const begun = useRef(false)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    const begin = async () => {
      wantPhone()
      const provider = (await connector.getProvider()) as { on: (event: string, heard: (uri: string) => void) => void }
      provider.on('display_uri', setUri)
      connect({ connector })
    }
    void begin()
  }, [connector, connect])
  const again = () => {
    onAgain()
    reset()
    setUri(undefined)
    begun.current = false
    setAttempt(attempt + 1)
    connect({ connector })
  }
  if (error) {
    return (
      <Note kind="bad" title={/expired/i.test(error.message) ? words.wallet.expired : words.wallet.refused}>
        <button type="button" className="button small mt-2" onClick={again}>
          {words.wallet.newCode}
        </button>
      </Note>
    )
  }
  if (!uri) return <p className="text-14 text-ink-2">{words.wallet.waiting}</p>
  return (
    <div className="grid items-center gap-5 table:grid-cols-[208px_1fr]" data-pairing-uri={uri}>
      <img
        className="w-52 rounded-control border border-line bg-[#fff] p-3.5"
        alt={words.wallet.phoneHint}
        src={`data:image/svg+xml,${encodeURIComponent(renderSVG(uri, { border: 0 }))}`}
      />
      <div className="grid gap-3">
        <p className="text-14 text-ink-2">{words.wallet.phoneHint}</p>
        <a className="button" href={uri}>
          {words.wallet.open}
        </a>
        <button type="button" className="button quiet" onClick={() => navigator.clipboard.writeText(uri)}>
          {words.wallet.copyLink}
        </button>
      </div>
    </div>
  )
}
