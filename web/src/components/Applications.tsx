import { applicationAbi } from '@deml/abi'
import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { zeroAddress } from 'viem'
import { useReadContracts } from 'wagmi'
import { SettingsContext, useSettings } from '../app/context'
import { useProcessedInputs } from '../market/hooks'
import { useMarket } from '../market/useMarket'
import { applicationsWords as text } from '../words/applications'
import { AddressText } from './AddressText'

/** Every Application of the market: how many jobs it has, whom one trusts with its money, whether its node answers. */
export default function Applications(): JSX.Element {
  const { applications } = useSettings()
  return (
    <details className="border-t border-line py-4" open>
      <summary className="text-16 font-semibold">{text.title}</summary>
      <p className="mt-1 text-14 text-ink-2">{text.what}</p>
      <table className="table stackable mt-3" aria-label={text.title}>
        <thead>
          <tr>
            {Object.values(text.columns).map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {applications.map((one) => (
            <SettingsContext key={one.appAddress} value={one}>
              <Row />
            </SettingsContext>
          ))}
        </tbody>
      </table>
    </details>
  )
}

/** One Application; owner and consensus are read from the chain. */
function Row(): JSX.Element {
  const { appAddress: address } = useSettings()
  const { data: market } = useMarket()
  const node = useProcessedInputs()
  const silent = node.isError || node.isRefetchError
  const { data } = useReadContracts({
    contracts: [
      { address, abi: applicationAbi, functionName: 'owner' },
      { address, abi: applicationAbi, functionName: 'getOutputsMerkleRootValidator' },
    ],
  })
  const owner = data?.[0].result
  const consensus = data?.[1].result
  return (
    <tr>
      <td data-label={text.columns.application}>
        <AddressText value={address} />
      </td>
      <td data-label={text.columns.jobs}>{market ? market.jobs.length.toLocaleString('en') : '…'}</td>
      <td data-label={text.columns.claims}>{consensus ? <AddressText value={consensus} /> : text.unread}</td>
      <td data-label={text.columns.program}>
        {owner === undefined ? (
          text.unread
        ) : owner === zeroAddress ? (
          <span className="tag ok">{text.nobody}</span>
        ) : (
          <span className="tag bad">
            <AddressText value={owner} />
          </span>
        )}
      </td>
      <td data-label={text.columns.node}>
        <span className={`tag ${silent ? 'bad' : 'ok'}`}>{silent ? text.silent : text.answers}</span>
      </td>
      <td className="whole">
        <Link to="/verify" search={{ app: address }}>
          {text.check}
        </Link>
      </td>
    </tr>
  )
}
