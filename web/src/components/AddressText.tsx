import type { JSX } from 'react'
import { type Address, getAddress, isAddress } from 'viem'
import { useAccount } from 'wagmi'
import { words } from '../words'
import { useAnnounce } from './Announcer'
import { Icon } from './Icon'

/** Middle of a long identifier left out: 0x7c4e…19fa. */
export function shortened(text: string): string {
  return text.length > 14 ? `${text.slice(0, 6)}…${text.slice(-4)}` : text
}

/** An address (in EIP-55), CID or hash: short on screen, whole in the title and on the clipboard; `own` says "you" behind one's own. */
export function AddressText({ value, own = true }: { value: string; own?: boolean }): JSX.Element {
  const announce = useAnnounce()
  const { address } = useAccount()
  const whole = isAddress(value, { strict: false }) ? getAddress(value as Address) : value
  const mine = address !== undefined && whole === address
  return (
    <span>
      <span className="address" title={whole}>
        {shortened(whole)}
        <button
          type="button"
          aria-label={words.copy(whole)}
          onClick={async () => {
            await navigator.clipboard.writeText(whole)
            announce(words.copied)
          }}
        >
          <Icon name="copy" size={13} />
        </button>
      </span>
      {mine && own && <span className="ml-1 text-12 font-semibold text-accent">{words.you}</span>}
    </span>
  )
}
