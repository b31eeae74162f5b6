import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { getAddress } from 'viem'
import { useSettings } from '../app/context'
import { applicationsWords as text } from '../words/applications'
import { AddressText, shortened } from './AddressText'

/** Which Application what follows is about, where the market has several; with `others`, the way to those. */
export function WhichApplication({ others = false }: { others?: boolean }): JSX.Element | null {
  const { appAddress, applications } = useSettings()
  if (applications.length === 1) return null
  return (
    <p className="flex flex-wrap items-baseline gap-x-4 py-2 text-14 text-ink-2">
      <span>
        {text.here} <AddressText value={appAddress} />
      </span>
      {others &&
        applications
          .filter((one) => one.appAddress !== appAddress)
          .map((one) => (
            <Link key={one.appAddress} to="." search={{ app: one.appAddress }}>
              {text.other(shortened(getAddress(one.appAddress)))}
            </Link>
          ))}
    </p>
  )
}
