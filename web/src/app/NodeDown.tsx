import { useQueryClient } from '@tanstack/react-query'
import type { JSX } from 'react'
import { Icon } from '../components/Icon'
import { useProcessedInputs } from '../market/hooks'
import { timeText } from '../market/times'
import { words } from '../words'

/** A bar that stays while the node does not answer; what was read last stays on the page. */
export function NodeDown(): JSX.Element | null {
  const asked = useProcessedInputs()
  const queries = useQueryClient()
  if (!asked.isError && !asked.isRefetchError) return null
  return (
    <div className="border-b border-line bg-bad-wash" role="alert">
      <div className="wrap flex flex-wrap items-center gap-3 py-3 text-14">
        <Icon name="bad" />
        <span>
          <strong className="font-semibold">{words.node.down}</strong>{' '}
          {asked.dataUpdatedAt > 0 && words.node.downHint(timeText(asked.dataUpdatedAt / 1000))}
        </span>
        <button type="button" className="button small ml-auto" onClick={() => queries.invalidateQueries()}>
          {words.node.again}
        </button>
      </div>
    </div>
  )
}
