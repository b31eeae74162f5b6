import { type JSX, useCallback, useEffect, useState } from 'react'
import { useAccount } from 'wagmi'
import { SettingsContext, useSettings } from '../app/context'
import { useAccountView, useBlockTime } from '../market/hooks'
import { useOwnJobs } from '../market/own'

type Told = (app: string, count: number) => void

/** Tells how many jobs wait for something that the connected wallet can do; for the page's title. */
export default function Badge({ onCount }: { onCount: (count: number) => void }): JSX.Element {
  const { applications } = useSettings()
  const [counts, setCounts] = useState<Record<string, number>>({})
  const told = useCallback<Told>((app, count) => setCounts((before) => ({ ...before, [app]: count })), [])
  useEffect(() => onCount(Object.values(counts).reduce((sum, one) => sum + one, 0)), [counts, onCount])
  return (
    <>
      {applications.map((one) => (
        <SettingsContext key={one.appAddress} value={one}>
          <Counting onCount={told} />
        </SettingsContext>
      ))}
    </>
  )
}

function Counting({ onCount }: { onCount: Told }): null {
  const { appAddress } = useSettings()
  const { address } = useAccount()
  const view = useAccountView(address)
  const { jobs } = useOwnJobs(address, view.data, useBlockTime())
  const count = jobs.filter((one) => one.duty.tone === 'act').length
  useEffect(() => onCount(appAddress, count), [appAddress, count, onCount])
  return null
}
