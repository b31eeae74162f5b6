import { useQueryClient } from '@tanstack/react-query'
import type { JSX } from 'react'
import { Icon } from '../components/Icon'
import { useLatestBlock, useProcessedInputs } from '../market/hooks'
import { timeText } from '../market/times'
import { words } from '../words'

/** Bars that stay while the node or the chain does not answer; what was read last stays on the page. */
export function Outages(): JSX.Element {
  const node = useProcessedInputs()
  const chain = useLatestBlock()
  return (
    <>
      {(node.isError || node.isRefetchError) && <Bar text={words.node.down} since={node.dataUpdatedAt} />}
      {(chain.isError || chain.isRefetchError) && <Bar text={words.node.chainDown} since={chain.dataUpdatedAt} />}
    </>
  )
}

function Bar({ text, since }: { text: string; since: number }): JSX.Element {
  const queries = useQueryClient()
  return (
    <div className="border-b border-line bg-bad-wash" role="alert">
      <div className="wrap flex flex-wrap items-center gap-3 py-3 text-14">
        <Icon name="bad" />
        <span>
          <strong className="font-semibold">{text}</strong>{' '}
          {since > 0 ? words.node.downHint(timeText(since / 1000)) : words.node.neverSeen}
        </span>
        <button type="button" className="button small ml-auto" onClick={() => queries.invalidateQueries()}>
          {words.node.again}
        </button>
      </div>
    </div>
  )
}
