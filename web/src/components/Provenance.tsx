import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { useAppSearch } from '../app/context'
import { words } from '../words'
import { Icon } from './Icon'

/** Where a number comes from: the node's word, recomputed in this browser, or found to differ. */
export type ProvenanceState = 'node' | 'checked' | 'differs'

const ICONS = { node: 'ring', checked: 'checked', differs: 'bad' } as const

/** The mark behind a number; it links to the proof. */
export function Provenance({ state, output }: { state: ProvenanceState; output?: number }): JSX.Element {
  const app = useAppSearch()
  return (
    <Link
      to="/verify"
      search={output === undefined ? app : { ...app, output }}
      className="provenance"
      data-state={state}
      aria-label={words.provenance[state]}
      title={words.provenance[state]}
    >
      <Icon name={ICONS[state]} size={14} />
    </Link>
  )
}
