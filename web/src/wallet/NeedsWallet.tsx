import { type JSX, type ReactNode, useState } from 'react'
import { useAccount } from 'wagmi'
import { words } from '../words'
import { LazyConnect } from './LazyConnect'

/** Shows its children to who has connected a wallet, and the way to connect one to everybody else. */
export function NeedsWallet({ why, children }: { why: string; children: ReactNode }): JSX.Element {
  const { address } = useAccount()
  const [open, setOpen] = useState(false)
  if (address) return <>{children}</>
  return (
    <div className="mt-4 grid gap-4">
      <p className="max-w-[58ch] text-ink-2">{why}</p>
      <button type="button" className="button primary justify-self-start" onClick={() => setOpen(true)}>
        {words.wallet.connectWallet}
      </button>
      {open && <LazyConnect onClose={() => setOpen(false)} />}
    </div>
  )
}
