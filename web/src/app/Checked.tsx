import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { Icon } from '../components/Icon'
import type { Dispute } from '../market/disputes'
import { verifyWords } from '../words/verify'
import { useAppSearch } from './context'

/** In the header: how many outputs this browser has computed itself, or that something is not as the node says. */
export default function Checked({ count, disputes }: { count: number; disputes: Dispute[] }): JSX.Element {
  const app = useAppSearch()
  const differs = disputes.length > 0
  const said = differs ? verifyWords.disputed(disputes) : verifyWords.recomputed(count)
  return (
    <Link
      to="/verify"
      search={app}
      aria-label={said}
      data-differs={differs}
      className="flex min-h-6 items-center gap-2 text-13 font-medium text-ink no-underline data-[differs=true]:text-bad"
    >
      <span className={differs ? 'text-bad' : 'text-ok'}>
        <Icon name={differs ? 'bad' : 'checked'} />
      </span>
      <span className={differs ? '' : 'max-table:hidden'}>{said}</span>
      {!differs && <span className="table:hidden">{count.toLocaleString('en')}</span>}
    </Link>
  )
}
