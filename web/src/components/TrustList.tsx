import { applicationAbi } from '@deml/abi'
import type { JSX } from 'react'
import { zeroAddress } from 'viem'
import { useReadContracts } from 'wagmi'
import { useSettings } from '../app/context'
import type { Job } from '../market/types'
import { jobWords } from '../words/job'
import { AddressText } from './AddressText'

/** Whom one trusts for what; owner and consensus are read from the chain, not told by the node. */
export function TrustList({ job }: { job: Job }): JSX.Element {
  const settings = useSettings()
  const application = { address: settings.appAddress, abi: applicationAbi } as const
  const { data } = useReadContracts({
    contracts: [
      { ...application, functionName: 'owner' },
      { ...application, functionName: 'getOutputsMerkleRootValidator' },
    ],
  })
  const owner = data?.[0].result
  const consensus = data?.[1].result
  const renounced = owner === zeroAddress
  return (
    <ul className="grid">
      <Row what={jobWords.trust.scores} tone="ok" who={jobWords.trust.nobody} text={jobWords.trust.scoresText} />
      <Row
        what={jobWords.trust.money}
        tone="warn"
        who={consensus ? <AddressText value={consensus} /> : jobWords.trust.unread}
        text={jobWords.trust.moneyText}
      />
      <Row
        what={jobWords.trust.program}
        tone={renounced ? 'ok' : 'bad'}
        who={
          owner === undefined ? (
            jobWords.trust.unread
          ) : renounced ? (
            jobWords.trust.nobody
          ) : (
            <AddressText value={owner} />
          )
        }
        text={renounced ? jobWords.trust.programRenounced : jobWords.trust.programOwned}
      />
      <Row
        what={jobWords.trust.token}
        tone="warn"
        who={<AddressText value={job.terms.rewardToken} />}
        text={jobWords.trust.tokenText}
      />
      <Row what={jobWords.trust.rows} tone="wait" who={jobWords.trust.sponsor} text={jobWords.trust.rowsText} />
      <Row what={jobWords.trust.data} tone="ok" who={jobWords.trust.thisComputer} text={jobWords.trust.dataText} />
    </ul>
  )
}

function Row(props: { what: string; tone: string; who: JSX.Element | string; text: string }): JSX.Element {
  return (
    <li className="grid items-baseline gap-x-4 gap-y-0.5 border-t border-line py-3 text-14 first:border-t-0 table:grid-cols-[12rem_14rem_1fr]">
      <b className="font-semibold">{props.what}</b>
      <span className={`tag ${props.tone}`}>{props.who}</span>
      <span className="text-ink-2">{props.text}</span>
    </li>
  )
}
